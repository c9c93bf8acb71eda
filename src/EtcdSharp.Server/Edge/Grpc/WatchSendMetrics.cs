using System.Diagnostics.Metrics;
using EtcdSharp.Mvcc.Watch;
using QueuedResponse = EtcdSharp.Mvcc.Watch.WatchResponse;

namespace EtcdSharp.Server.Edge.Grpc;

/// <summary>How long the responses of watch streams take to go out, under etcd's names.</summary>
internal static class WatchSendMetrics
{
    private const string Prefix = "etcd_debugging_server_watch_send_loop_";

    private static readonly Meter s_meter = new("EtcdSharp.Server.Watch");

    private static readonly Histogram<double> s_events = s_meter.CreateHistogram<double>(
        Prefix + "watch_stream_duration_seconds"
    );

    private static readonly Histogram<double> s_perEvent = s_meter.CreateHistogram<double>(
        Prefix + "watch_stream_duration_per_event_seconds"
    );

    private static readonly Histogram<double> s_control = s_meter.CreateHistogram<double>(
        Prefix + "control_stream_duration_seconds"
    );

    private static readonly Histogram<double> s_progress = s_meter.CreateHistogram<double>(Prefix + "progress_duration_seconds");

    /// <summary>One measurement per flush and kind of response: responses that leave together take the same time.</summary>
    public static void Record(List<QueuedResponse> sent, double seconds)
    {
        var events = 0;
        var control = false;
        var progress = false;
        foreach (var response in sent)
        {
            events += response.Selection.Count;
            var isProgress = ReferenceEquals(response.Control, WatchControl.Progress);
            progress |= isProgress;
            control |= response.Control is not null && !isProgress;
        }

        if (events != 0)
        {
            s_events.Record(seconds);
            s_perEvent.Record(seconds / events);
        }

        if (control)
        {
            s_control.Record(seconds);
        }

        if (progress)
        {
            s_progress.Record(seconds);
        }
    }
}
