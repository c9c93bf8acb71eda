using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>What <c>--consistency</c> says.</summary>
internal static class Consistency
{
    public static bool IsSerializable(string value) =>
        value switch
        {
            "s" => true,
            "l" => false,
            _ => throw new CommandFailure(ExitCode.BadFeature, $"unknown consistency flag {GoQuote.Of(value)}"),
        };
}
