using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Commands.Endpoints;

internal static class EndpointHealthCommand
{
    /// <summary>Any key will do: that an answer comes is what counts.</summary>
    private const string Key = "health";

    public static Command Create(GlobalFlags global, BoolFlag cluster) =>
        new("health", "Checks the healthiness of endpoints specified in `--endpoints` flag")
        {
            Run = context => Session.RunAsync(global, context, session => RunAsync(session, cluster)),
        };

    private static async Task RunAsync(Session session, BoolFlag cluster)
    {
        var endpoints = await ClusterEndpoints.ListAsync(session, cluster);
        var all = await Task.WhenAll(endpoints.Select(endpoint => CheckAsync(session, endpoint)));
        session.Printer.EndpointHealth(all);
        if (Array.Exists(all, static one => one.Error.Length > 0))
        {
            throw new CommandFailure(ExitCode.Error, "unhealthy cluster");
        }
    }

    private static async Task<EndpointHealth> CheckAsync(Session session, string endpoint)
    {
        await using var connection = session.ConnectTo(endpoint);
        var started = Stopwatch.GetTimestamp();
        var error = await ReadAsync(connection.Client);
        var took = GoDuration.Of(Stopwatch.GetElapsedTime(started));
        if (error.Length == 0)
        {
            error = await AlarmsAsync(connection.Client);
        }

        return new EndpointHealth(endpoint, error.Length == 0, took, error);
    }

    private static async Task<string> ReadAsync(IEtcdClient client)
    {
        try
        {
            await client.Kv.GetAsync(Key);
            return "";
        }
        catch (EtcdException refused) when (refused.Error == EtcdError.PermissionDenied)
        {
            // That was decided behind a quorum, so the member is well.
            return "";
        }
        catch (EtcdException failure)
        {
            return FailureText.Of(failure);
        }
    }

    private static async Task<string> AlarmsAsync(IEtcdClient client)
    {
        try
        {
            var alarms = (await client.Maintenance.AlarmsAsync()).Alarms;
            return alarms.Count == 0 ? "" : $"Active Alarm(s): {string.Concat(alarms.Select(Name))}";
        }
        catch (EtcdException)
        {
            return "Unable to fetch the alarm list";
        }
    }

    private static string Name(AlarmMember alarm) =>
        alarm.Alarm switch
        {
            AlarmType.Nospace => "NOSPACE ",
            AlarmType.Corrupt => "CORRUPT ",
            _ => "UNKNOWN ",
        };
}
