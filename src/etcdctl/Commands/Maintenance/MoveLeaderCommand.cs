using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Maintenance;

internal static class MoveLeaderCommand
{
    public static Command Create(GlobalFlags global) =>
        new("move-leader <transferee-member-id>", "Transfers leadership to another etcd cluster member.")
        {
            GroupId = CommandGroups.Maintenance,
            Run = context => RunAsync(global, context),
        };

    private static Task<int> RunAsync(GlobalFlags global, CommandContext context)
    {
        if (context.Arguments.Count != 1)
        {
            throw new CommandFailure(ExitCode.BadArguments, "move-leader command needs 1 argument");
        }

        if (GoInteger.ParseUnsigned(context.Arguments[0], 16, out var target) is { } problem)
        {
            throw new CommandFailure(ExitCode.BadArguments, problem);
        }

        return Session.RunAsync(global, context, session => MoveAsync(session, target));
    }

    /// <summary>Only the leader can give its place away, so its endpoint must be among those given.</summary>
    private static async Task MoveAsync(Session session, ulong target)
    {
        foreach (var endpoint in session.Endpoints)
        {
            await using var connection = session.ConnectTo(endpoint);
            var status = await Session.CallAsync(() => connection.Client.Maintenance.StatusAsync(endpoint));
            if (status.Header.MemberId == status.Leader)
            {
                var moved = await Session.CallAsync(() => connection.Client.Maintenance.MoveLeaderAsync(target, endpoint));
                session.Printer.MoveLeader(status.Leader, target, moved);
                return;
            }
        }

        throw new CommandFailure(ExitCode.BadArguments, $"no leader endpoint given at [{string.Join(' ', session.Endpoints)}]");
    }
}
