using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Mirroring;

internal static class MakeMirrorCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("make-mirror [options] <destination>", "Makes a mirror at the destination etcd cluster")
        {
            GroupId = CommandGroups.Utility,
        };
        var options = new MirrorOptions(command.Flags);
        command.Run = context =>
        {
            if (context.Arguments is not [var endpoint])
            {
                throw new CommandFailure(ExitCode.BadArguments, "make-mirror takes one destination argument");
            }

            return Session.RunAsync(
                global,
                context,
                async session =>
                {
                    await using var destination = options.Connect(endpoint, global, context.Streams);
                    var mirror = new Mirror(session.Patient, destination, options.Prefixes(), options.MaxTransactionOperations);
                    using var progress = new MirrorProgress(mirror, context.Out);
                    await Session.CallAsync(() => mirror.RunAsync(options.FirstRevision));
                }
            );
        };
        return command;
    }
}
