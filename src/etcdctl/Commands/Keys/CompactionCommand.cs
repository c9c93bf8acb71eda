using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

internal static class CompactionCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("compaction [options] <revision>", "Compacts the event history in etcd")
        {
            GroupId = CommandGroups.Keys,
        };
        var physical = command.Flags.Bool("physical", "'true' to wait for compaction to physically remove all old revisions");
        command.Run = context => RunAsync(global, physical, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, BoolFlag physical, CommandContext context)
    {
        if (context.Arguments.Count != 1)
        {
            throw new CommandFailure(ExitCode.BadArguments, "compaction command needs 1 argument");
        }

        if (GoInteger.ParseSigned(context.Arguments[0], 10, out var revision) is { } problem)
        {
            throw new CommandFailure(ExitCode.Error, problem);
        }

        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                await Session.CallAsync(() => session.Client.Kv.CompactAsync(revision, physical.Value));
                context.Out.WriteLine($"compacted revision {revision}");
            }
        );
    }
}
