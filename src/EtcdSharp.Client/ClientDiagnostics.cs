using System.Diagnostics;
using System.Diagnostics.Metrics;
using EtcdSharp.Grpc;

namespace EtcdSharp.Client;

/// <summary>What the client tells tracing and metrics: listen to the source and the meter called <see cref="Name"/>.</summary>
public static class ClientDiagnostics
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "EtcdSharp.Client";

    private static readonly ActivitySource s_source = new(Name);
    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "rpc.client.duration",
        "s",
        "Duration of a call with all its repetitions."
    );

    private static readonly Counter<long> s_repeated = s_meter.CreateCounter<long>(
        "etcd.client.repeats",
        "{call}",
        "Calls that were made once more after a failure."
    );

    private static readonly Counter<long> s_reopened = s_meter.CreateCounter<long>(
        "etcd.client.streams.reopened",
        "{stream}",
        "Watch and keepalive streams that were lost and opened again."
    );

    private static readonly UpDownCounter<long> s_watchers = s_meter.CreateUpDownCounter<long>(
        "etcd.client.watchers",
        "{watcher}",
        "Watches that are open."
    );

    private static readonly Counter<long> s_leasesLost = s_meter.CreateCounter<long>(
        "etcd.client.leases.lost",
        "{lease}",
        "Leases that were kept alive and ended against the client's will."
    );

    internal static Activity? StartCall(string service, string method)
    {
        // The name is put together only for those who listen.
        if (!s_source.HasListeners())
        {
            return null;
        }

        var activity = s_source.StartActivity($"{service}/{method}", ActivityKind.Client);
        activity?.SetTag("rpc.system", "grpc").SetTag("rpc.service", service).SetTag("rpc.method", method);
        return activity;
    }

    internal static void Ended(Activity? activity, string path, long started, StatusCode code)
    {
        if (s_duration.Enabled)
        {
            s_duration.Record(
                Stopwatch.GetElapsedTime(started).TotalSeconds,
                new("rpc.method", path),
                new("rpc.grpc.status_code", (int)code)
            );
        }

        if (activity is not null)
        {
            activity.SetTag("rpc.grpc.status_code", (int)code);
            activity.SetStatus(code == StatusCode.OK ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        }
    }

    internal static void Repeated(string path) => s_repeated.Add(1, new KeyValuePair<string, object?>("rpc.method", path));

    internal static void Reopened(string path) => s_reopened.Add(1, new KeyValuePair<string, object?>("rpc.method", path));

    internal static void Watchers(int change) => s_watchers.Add(change);

    internal static void LeaseLost() => s_leasesLost.Add(1);
}
