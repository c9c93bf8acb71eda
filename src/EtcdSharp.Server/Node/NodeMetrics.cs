using System.Diagnostics.Metrics;

namespace EtcdSharp.Server.Node;

/// <summary>The instruments of the write and read path, under etcd's names.</summary>
internal static class NodeMetrics
{
    public const string MeterName = "EtcdSharp.Server";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> LeaderChanges = Meter.CreateCounter<long>("etcd_server_leader_changes_seen_total");
    public static readonly Gauge<long> HasLeader = Meter.CreateGauge<long>("etcd_server_has_leader");
    public static readonly Gauge<long> IsLeader = Meter.CreateGauge<long>("etcd_server_is_leader");
    public static readonly Gauge<long> IsLearner = Meter.CreateGauge<long>("etcd_server_is_learner");
    public static readonly Gauge<long> ProposalsCommitted = Meter.CreateGauge<long>("etcd_server_proposals_committed_total");
    public static readonly Gauge<long> ProposalsApplied = Meter.CreateGauge<long>("etcd_server_proposals_applied_total");
    public static readonly Counter<long> ProposalsFailed = Meter.CreateCounter<long>("etcd_server_proposals_failed_total");
    public static readonly Counter<long> ReadIndexesFailed = Meter.CreateCounter<long>("etcd_server_read_indexes_failed_total");
    public static readonly Counter<long> SlowReadIndexes = Meter.CreateCounter<long>("etcd_server_slow_read_indexes_total");
    public static readonly Counter<long> LeasesExpired = Meter.CreateCounter<long>("etcd_debugging_server_lease_expired_total");
    public static readonly Counter<long> SlowApplies = Meter.CreateCounter<long>("etcd_server_slow_apply_total");
    public static readonly Histogram<double> ApplySeconds = Meter.CreateHistogram<double>("etcd_server_apply_duration_seconds");
    public static readonly Histogram<double> RangeSeconds = Meter.CreateHistogram<double>("etcd_server_range_duration_seconds");
    private static readonly ObservableGauge<long> ProposalsPending = Meter.CreateObservableGauge(
        "etcd_server_proposals_pending",
        static () => Volatile.Read(ref _proposalsPending)
    );

    private static long _proposalsPending;

    public static readonly Gauge<long> QuotaBytes = Meter.CreateGauge<long>("etcd_server_quota_backend_bytes");

    /// <summary>Counted by hand because every request passes here, and a measurement costs more than the addition.</summary>
    public static void AddPendingProposals(long count) => Interlocked.Add(ref _proposalsPending, count);
}
