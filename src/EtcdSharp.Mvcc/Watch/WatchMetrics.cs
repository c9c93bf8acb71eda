using System.Diagnostics.Metrics;

namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// The instruments of one hub, under etcd's names. Plain numbers that are read when somebody looks, because a
/// recorded measurement per event would cost more than the event.
/// </summary>
internal sealed class WatchMetrics
{
    private long _streams;
    private long _watchers;
    private long _slowWatchers;
    private long _events;
    private long _pendingEvents;

    /// <param name="meter">The member's, so that two members in a process count apart.</param>
    public WatchMetrics(Meter meter)
    {
        Gauge(
            meter,
            "etcd_debugging_mvcc_watch_stream_total",
            () => Volatile.Read(ref _streams),
            "Total number of watch streams."
        );
        Gauge(meter, "etcd_debugging_mvcc_watcher_total", () => Volatile.Read(ref _watchers), "Total number of watchers.");
        Gauge(
            meter,
            "etcd_debugging_mvcc_slow_watcher_total",
            () => Volatile.Read(ref _slowWatchers),
            "Total number of unsynced slow watchers."
        );
        Gauge(
            meter,
            "etcd_debugging_mvcc_pending_events_total",
            () => Volatile.Read(ref _pendingEvents),
            "Total number of pending events to be sent."
        );
        meter.CreateObservableCounter(
            "etcd_debugging_mvcc_events_total",
            () => Volatile.Read(ref _events),
            description: "Total number of events sent by this member."
        );
    }

    /// <summary>Where nobody collects metrics: tests.</summary>
    public static WatchMetrics Unheard { get; } = new(new Meter("Unheard"));

    public void AddStreams(long more) => Interlocked.Add(ref _streams, more);

    public void AddWatchers(long more) => Interlocked.Add(ref _watchers, more);

    public void AddSlowWatchers(long more) => Interlocked.Add(ref _slowWatchers, more);

    public void EventsQueued(long count) => Interlocked.Add(ref _pendingEvents, count);

    public void EventsSent(long count)
    {
        Interlocked.Add(ref _pendingEvents, -count);
        Interlocked.Add(ref _events, count);
    }

    public void EventsDropped(long count) => Interlocked.Add(ref _pendingEvents, -count);

    private static void Gauge(Meter meter, string name, Func<long> value, string description) =>
        meter.CreateObservableGauge(name, value, description: description);
}
