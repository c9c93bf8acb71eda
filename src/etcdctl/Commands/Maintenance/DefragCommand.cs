using System.Diagnostics;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Commands.Endpoints;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Maintenance;

internal static class DefragCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("defrag", "Defragments the storage of the etcd members with given endpoints")
        {
            GroupId = CommandGroups.Maintenance,
        };
        var cluster = ClusterEndpoints.AddFlag(command);
        command.Run = context => RunAsync(global, cluster, context);
        return command;
    }

    private static async Task<int> RunAsync(GlobalFlags global, BoolFlag cluster, CommandContext context)
    {
        var failures = 0;
        await Session.RunAsync(
            global,
            context,
            async session =>
            {
                foreach (var endpoint in await ClusterEndpoints.ListAsync(session, cluster))
                {
                    failures += await DefragmentAsync(session, endpoint) ? 0 : 1;
                }
            }
        );
        return failures == 0 ? ExitCode.Success : ExitCode.Error;
    }

    private static async Task<bool> DefragmentAsync(Session session, string endpoint)
    {
        await using var connection = session.ConnectTo(endpoint);
        using var limit = session.StartTime();
        var started = Stopwatch.GetTimestamp();
        try
        {
            await connection.Client.Maintenance.DefragmentAsync(endpoint, limit.Token);
            session.Context.Out.WriteLine($"Finished defragmenting etcd member[{endpoint}]. took {Since(started)}");
            return true;
        }
        catch (Exception failure) when (failure is EtcdException or OperationCanceledException)
        {
            session.Context.Error.WriteLine(
                $"Failed to defragment etcd member[{endpoint}]. took {Since(started)}. ({FailureText.Of(failure)})"
            );
            return false;
        }
    }

    private static string Since(long started) => GoDuration.Of(Stopwatch.GetElapsedTime(started));
}
