using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Watching;

internal static class WatchCommand
{
    public const string Name = "watch";

    public static Command Create(GlobalFlags global)
    {
        var command = new Command(
            $"{Name} [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
            "Watches events stream on keys or prefixes"
        )
        {
            GroupId = CommandGroups.Keys,
        };
        var flags = new WatchFlags(command.Flags);
        command.Run = context => RunAsync(global, flags, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, WatchFlags flags, CommandContext context)
    {
        var fromEnvironment = WatchTarget.EnvironmentKeys();
        if (flags.Interactive.Value)
        {
            return Session.RunAsync(global, context, session => new InteractiveWatch(session, fromEnvironment).RunAsync());
        }

        var typed = context.Everything.SkipWhile(static one => one != Name).Skip(1).ToList();
        var target = WatchTarget.Read(typed, context.Arguments, fromEnvironment);
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var range =
                    target.Range(flags.Prefix.Value) ?? throw new CommandFailure(ExitCode.BadArguments, WatchTarget.TwoEnds);
                await new EventPrinter(session, target.Program).PrintAsync(range, flags.ToOptions());
                throw new CommandFailure(ExitCode.Interrupted, "watch is canceled by the server");
            }
        );
    }
}
