using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

internal static class MemberPromoteCommand
{
    public static Command Create(GlobalFlags global) =>
        new("promote <memberID>", "Promotes a non-voting member in the cluster")
        {
            Description = "Promotes a non-voting learner member to a voting one in the cluster.\n",
            Run = context => RunAsync(global, context),
        };

    private static Task<int> RunAsync(GlobalFlags global, CommandContext context)
    {
        var id = MemberArgument.Read(context);
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var promoted = await Session.CallAsync(() => session.Client.Cluster.PromoteAsync(id));
                session.Printer.MemberPromote(id, promoted);
            }
        );
    }
}
