using System.Diagnostics.Metrics;

namespace EtcdSharp.Mvcc;

/// <summary>The instruments of one store, named as etcd's.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class MvccMetrics(Meter meter)
{
    /// <summary>Where nobody collects metrics: tools and tests.</summary>
    public static MvccMetrics Unheard { get; } = new(new Meter("Unheard"));

    public readonly Counter<long> Ranges = meter.CreateCounter<long>(
        "etcd_mvcc_range_total",
        description: "Total number of ranges seen by this member."
    );

    public readonly Counter<long> Puts = meter.CreateCounter<long>(
        "etcd_mvcc_put_total",
        description: "Total number of puts seen by this member."
    );

    public readonly Counter<long> Deletes = meter.CreateCounter<long>(
        "etcd_mvcc_delete_total",
        description: "Total number of deletes seen by this member."
    );

    public readonly Counter<long> Transactions = meter.CreateCounter<long>(
        "etcd_mvcc_txn_total",
        description: "Total number of txns seen by this member."
    );

    public readonly UpDownCounter<long> PutBytes = meter.CreateUpDownCounter<long>(
        "etcd_debugging_mvcc_total_put_size_in_bytes",
        description: "The total size of put kv pairs seen by this member."
    );

    public readonly Gauge<long> Keys = meter.CreateGauge<long>(
        "etcd_debugging_mvcc_keys_total",
        description: "Total number of keys."
    );

    public readonly Gauge<long> CurrentRevision = meter.CreateGauge<long>(
        "etcd_debugging_mvcc_current_revision",
        description: "The current revision of store."
    );

    public readonly Gauge<long> CompactRevision = meter.CreateGauge<long>(
        "etcd_debugging_mvcc_compact_revision",
        description: "The revision of the last compaction in store."
    );

    public readonly Histogram<double> HashSeconds = meter.CreateHistogram(
        "etcd_mvcc_hash_duration_seconds",
        "s",
        "The latency distribution of storage hash operation.",
        advice: Doubling(0.01, 15)
    );

    public readonly Histogram<double> HashRevisionSeconds = meter.CreateHistogram(
        "etcd_mvcc_hash_rev_duration_seconds",
        "s",
        "The latency distribution of storage hash by revision operation.",
        advice: Doubling(0.01, 15)
    );

    public readonly Histogram<double> IndexCompactionMs = meter.CreateHistogram(
        "etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds",
        "ms",
        "Bucketed histogram of index compaction pause duration.",
        advice: Doubling(0.5, 14)
    );

    public readonly Histogram<double> CompactionPauseMs = meter.CreateHistogram(
        "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
        "ms",
        "Bucketed histogram of db compaction pause duration.",
        advice: Doubling(1, 13)
    );

    public readonly Histogram<double> CompactionTotalMs = meter.CreateHistogram(
        "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
        "ms",
        "Bucketed histogram of db compaction total duration.",
        advice: Doubling(100, 14)
    );

    public readonly Counter<long> CompactedKeys = meter.CreateCounter<long>(
        "etcd_debugging_mvcc_db_compaction_keys_total",
        description: "Total number of db keys compacted."
    );

    public readonly Gauge<double> CompactionLast = meter.CreateGauge<double>(
        "etcd_debugging_mvcc_db_compaction_last",
        description: "The unix time of the last db compaction. Resets to 0 on start."
    );

    private static InstrumentAdvice<double> Doubling(double first, int count) =>
        new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, count).Select(i => first * Math.Pow(2, i))] };
}
