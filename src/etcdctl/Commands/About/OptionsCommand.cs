using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Help;

namespace EtcdSharp.Programs.Etcdctl.Commands.About;

internal static class OptionsCommand
{
    public static Command Create(Command root) =>
        new("options", "Show the global command-line flags")
        {
            GroupId = CommandGroups.Utility,
            Run = context =>
            {
                context.Out.Write("The following options can be passed to any command:\n\n");
                context.Out.Write(FlagUsages.Of(root.PersistentFlags, withHidden: true));
                return Task.FromResult(ExitCode.Success);
            },
        };
}
