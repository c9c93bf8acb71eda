using System.Diagnostics.Metrics;

namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// The instruments of this room, under etcd's names. Plain numbers that are read when somebody looks, because a
/// recorded measurement per event would cost more than the event.
/// </summary>
internal static class WatchMetrics
{
    public const string MeterName = "EtcdSharp.Mvcc.Watch";

    private static readonly Meter Meter = new(MeterName);
    private static long _streams;
    private static long _watchers;
    private static long _slowWatchers;
    private static long _events;
    private static long _pendingEvents;

    static WatchMetrics()
    {
        Gauge("etcd_debugging_mvcc_watch_stream_total", () => Volatile.Read(ref _streams), "Total number of watch streams.");
        Gauge("etcd_debugging_mvcc_watcher_total", () => Volatile.Read(ref _watchers), "Total number of watchers.");
        Gauge(
            "etcd_debugging_mvcc_slow_watcher_total",
            () => Volatile.Read(ref _slowWatchers),
            "Total number of unsynced slow watchers."
        );
        Gauge(
            "etcd_debugging_mvcc_pending_events_total",
            () => Volatile.Read(ref _pendingEvents),
            "Total number of pending events to be sent."
        );
        Meter.CreateObservableCounter(
            "etcd_debugging_mvcc_events_total",
            () => Volatile.Read(ref _events),
            description: "Total number of events sent by this member."
        );
    }

    public static void AddStreams(long more) => Interlocked.Add(ref _streams, more);

    public static void AddWatchers(long more) => Interlocked.Add(ref _watchers, more);

    public static void AddSlowWatchers(long more) => Interlocked.Add(ref _slowWatchers, more);

    public static void EventsQueued(long count) => Interlocked.Add(ref _pendingEvents, count);

    public static void EventsSent(long count)
    {
        Interlocked.Add(ref _pendingEvents, -count);
        Interlocked.Add(ref _events, count);
    }

    public static void EventsDropped(long count) => Interlocked.Add(ref _pendingEvents, -count);

    private static void Gauge(string name, Func<long> value, string description) =>
        Meter.CreateObservableGauge(name, value, description: description);
}
