using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

internal static class MemberUpdateCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("update <memberID> [options]", "Updates a member in the cluster");
        var peerUrls = command.Flags.String("peer-urls", "", "comma separated peer URLs for the updated member.");
        command.Run = context => RunAsync(global, peerUrls, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, StringFlag peerUrls, CommandContext context)
    {
        var id = MemberArgument.Read(context);
        if (peerUrls.Value.Length == 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, "member peer urls not provided");
        }

        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var urls = PeerUrls.Read(peerUrls.Value);
                var updated = await Session.CallAsync(() => session.Client.Cluster.UpdateAsync(id, urls));
                session.Printer.MemberUpdate(id, updated);
            }
        );
    }
}
