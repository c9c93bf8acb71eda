using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Input;

/// <summary>Leases and members, which are typed as hexadecimal numbers.</summary>
internal static class IdArguments
{
    public static long Lease(string argument) =>
        GoInteger.ParseSigned(argument, 16, out var id) is not { } problem
            ? id
            : throw new CommandFailure(ExitCode.BadArguments, $"bad lease ID arg ({problem}), expecting ID in Hex");

    public static ulong Member(string argument) =>
        GoInteger.ParseUnsigned(argument, 16, out var id) is not { } problem
            ? id
            : throw new CommandFailure(ExitCode.BadArguments, $"bad member ID arg ({problem}), expecting ID in Hex");
}
