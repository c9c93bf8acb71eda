using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

internal static class MemberRemoveCommand
{
    public static Command Create(GlobalFlags global) =>
        new("remove <memberID>", "Removes a member from the cluster") { Run = context => RunAsync(global, context) };

    private static Task<int> RunAsync(GlobalFlags global, CommandContext context)
    {
        var id = MemberArgument.Read(context);
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var removed = await Session.CallAsync(() => session.Client.Cluster.RemoveAsync(id));
                session.Printer.MemberRemove(id, removed);
            }
        );
    }
}
