using EtcdSharp.CommandLine;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class VersionCommand
{
    public static Command Create() =>
        new("version", "Prints the version of etcdutl")
        {
            Run = static context =>
            {
                context.Out.WriteLine($"etcdutl version: {EtcdVersion.Server}");
                context.Out.WriteLine($"API version: {EtcdVersion.Server.ToReleaseString()}");
                return Task.FromResult(ExitCode.Success);
            },
        };
}
