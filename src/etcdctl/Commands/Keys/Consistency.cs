using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>What <c>--consistency</c> says.</summary>
internal static class Consistency
{
    /// <param name="value">The option's value.</param>
    /// <param name="named">The value that the complaint names: etcdctl names that of <c>get</c> whichever command it was.</param>
    public static bool IsSerializable(string value, string named) =>
        value switch
        {
            "s" => true,
            "l" => false,
            _ => throw new CommandFailure(ExitCode.BadFeature, $"unknown consistency flag {GoQuote.Of(named)}"),
        };
}
