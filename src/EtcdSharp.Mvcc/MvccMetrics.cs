using System.Diagnostics.Metrics;

namespace EtcdSharp.Mvcc;

/// <summary>The instruments of the store, named as etcd's.</summary>
internal static class MvccMetrics
{
    private static readonly Meter Meter = new("EtcdSharp.Mvcc");

    public static readonly Counter<long> Ranges = Meter.CreateCounter<long>(
        "etcd_mvcc_range_total",
        description: "Total number of ranges seen by this member."
    );

    public static readonly Counter<long> Puts = Meter.CreateCounter<long>(
        "etcd_mvcc_put_total",
        description: "Total number of puts seen by this member."
    );

    public static readonly Counter<long> Deletes = Meter.CreateCounter<long>(
        "etcd_mvcc_delete_total",
        description: "Total number of deletes seen by this member."
    );

    public static readonly Counter<long> Transactions = Meter.CreateCounter<long>(
        "etcd_mvcc_txn_total",
        description: "Total number of txns seen by this member."
    );

    public static readonly UpDownCounter<long> PutBytes = Meter.CreateUpDownCounter<long>(
        "etcd_debugging_mvcc_total_put_size_in_bytes",
        description: "The total size of put kv pairs seen by this member."
    );

    public static readonly Gauge<long> Keys = Meter.CreateGauge<long>(
        "etcd_debugging_mvcc_keys_total",
        description: "Total number of keys."
    );

    public static readonly Gauge<long> CurrentRevision = Meter.CreateGauge<long>(
        "etcd_debugging_mvcc_current_revision",
        description: "The current revision of store."
    );

    public static readonly Gauge<long> CompactRevision = Meter.CreateGauge<long>(
        "etcd_debugging_mvcc_compact_revision",
        description: "The revision of the last compaction in store."
    );

    public static readonly Histogram<double> HashSeconds = Meter.CreateHistogram(
        "etcd_mvcc_hash_duration_seconds",
        "s",
        "The latency distribution of storage hash operation.",
        advice: Doubling(0.01, 15)
    );

    public static readonly Histogram<double> HashRevisionSeconds = Meter.CreateHistogram(
        "etcd_mvcc_hash_rev_duration_seconds",
        "s",
        "The latency distribution of storage hash by revision operation.",
        advice: Doubling(0.01, 15)
    );

    public static readonly Histogram<double> IndexCompactionMs = Meter.CreateHistogram(
        "etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds",
        "ms",
        "Bucketed histogram of index compaction pause duration.",
        advice: Doubling(0.5, 14)
    );

    public static readonly Histogram<double> CompactionPauseMs = Meter.CreateHistogram(
        "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
        "ms",
        "Bucketed histogram of db compaction pause duration.",
        advice: Doubling(1, 13)
    );

    public static readonly Histogram<double> CompactionTotalMs = Meter.CreateHistogram(
        "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
        "ms",
        "Bucketed histogram of db compaction total duration.",
        advice: Doubling(100, 14)
    );

    public static readonly Counter<long> CompactedKeys = Meter.CreateCounter<long>(
        "etcd_debugging_mvcc_db_compaction_keys_total",
        description: "Total number of db keys compacted."
    );

    public static readonly Gauge<double> CompactionLast = Meter.CreateGauge<double>(
        "etcd_debugging_mvcc_db_compaction_last",
        description: "The unix time of the last db compaction. Resets to 0 on start."
    );

    private static InstrumentAdvice<double> Doubling(double first, int count) =>
        new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, count).Select(i => first * Math.Pow(2, i))] };
}
