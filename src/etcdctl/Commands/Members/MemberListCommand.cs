using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Commands.Keys;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

internal static class MemberListCommand
{
    private const string About = """
        When --write-out is set to simple, this command prints out comma-separated member lists for each endpoint.
        The items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.

        """;

    public static Command Create(GlobalFlags global)
    {
        var command = new Command("list", "Lists all members in the cluster") { Description = About };
        var consistency = command.Flags.String("consistency", "l", "Linearizable(l) or Serializable(s)");
        command.Run = context => RunAsync(global, consistency, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, StringFlag consistency, CommandContext context)
    {
        var linearizable = !Consistency.IsSerializable(consistency.Value);
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var members = await Session.CallAsync(() => session.Client.Cluster.ListAsync(linearizable));
                session.Printer.MemberList(members);
            }
        );
    }
}
