using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;
using Action = EtcdSharp.Api.DowngradeRequest.Types.DowngradeAction;

namespace EtcdSharp.Programs.Etcdctl.Commands.Maintenance;

internal static class DowngradeCommands
{
    public static Command Create(GlobalFlags global) =>
        new Command("downgrade <TARGET_VERSION>", "Downgrade related commands. Use `etcdctl downgrade --help` to see subcommands")
        {
            Description = "Downgrade related commands",
            GroupId = CommandGroups.Maintenance,
        }.Add(
            new Command("validate <TARGET_VERSION>", "Validate downgrade capability before starting downgrade")
            {
                Run = context => RunAsync(global, context, Action.Validate, Target(context)),
            },
            new Command("enable <TARGET_VERSION>", "Start a downgrade action to cluster")
            {
                Run = context => RunAsync(global, context, Action.Enable, Target(context)),
            },
            new Command("cancel", "Cancel the ongoing downgrade action to cluster")
            {
                Run = context => RunAsync(global, context, Action.Cancel, ""),
            }
        );

    private static string Target(CommandContext context) =>
        context.Arguments switch
        {
            [] => throw new CommandFailure(ExitCode.BadArguments, "TARGET_VERSION not provided"),
            [""] => throw new CommandFailure(ExitCode.BadArguments, "target version not provided"),
            [var version] => version,
            _ => throw new CommandFailure(ExitCode.BadArguments, "too many arguments"),
        };

    private static Task<int> RunAsync(GlobalFlags global, CommandContext context, Action action, string version) =>
        Session.RunAsync(
            global,
            context,
            async session =>
            {
                var done = await Session.CallAsync(() => session.Client.Maintenance.DowngradeAsync(action, version));
                session.Printer.Downgrade(context.Command.Name, done);
            }
        );
}
