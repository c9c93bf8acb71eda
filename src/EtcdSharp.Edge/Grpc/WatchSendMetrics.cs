using System.Diagnostics.Metrics;
using EtcdSharp.Mvcc.Watch;
using QueuedResponse = EtcdSharp.Mvcc.Watch.WatchResponse;

namespace EtcdSharp.Edge.Grpc;

/// <summary>How long the responses of watch streams take to go out, under etcd's names.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class WatchSendMetrics(Meter meter)
{
    private const string Prefix = "etcd_debugging_server_watch_send_loop_";

    private readonly Histogram<double> _events = meter.CreateHistogram<double>(Prefix + "watch_stream_duration_seconds");

    private readonly Histogram<double> _perEvent = meter.CreateHistogram<double>(
        Prefix + "watch_stream_duration_per_event_seconds"
    );

    private readonly Histogram<double> _control = meter.CreateHistogram<double>(Prefix + "control_stream_duration_seconds");

    private readonly Histogram<double> _progress = meter.CreateHistogram<double>(Prefix + "progress_duration_seconds");

    /// <summary>One measurement per flush and kind of response: responses that leave together take the same time.</summary>
    public void Record(List<QueuedResponse> sent, double seconds)
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
            _events.Record(seconds);
            _perEvent.Record(seconds / events);
        }

        if (control)
        {
            _control.Record(seconds);
        }

        if (progress)
        {
            _progress.Record(seconds);
        }
    }
}
