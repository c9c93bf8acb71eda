using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Commands.About;

internal static class VersionCommand
{
    private const string Version = "3.7.1";
    private const string ApiVersion = "3.7";

    public static Command Create() =>
        new("version", "Prints the version of etcdctl") { GroupId = CommandGroups.Utility, Run = Run };

    private static Task<int> Run(CommandContext context)
    {
        context.Out.WriteLine($"etcdctl version: {Version}");
        context.Out.WriteLine($"API version: {ApiVersion}");
        return Task.FromResult(ExitCode.Success);
    }
}
