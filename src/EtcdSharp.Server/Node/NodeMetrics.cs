using System.Diagnostics.Metrics;

namespace EtcdSharp.Server.Node;

/// <summary>The instruments of the write and read path, under etcd's names.</summary>
internal static class NodeMetrics
{
    public const string MeterName = "EtcdSharp.Server";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> LeaderChanges = Meter.CreateCounter<long>("etcd_server_leader_changes_seen_total");
    public static readonly Counter<long> ProposalsFailed = Meter.CreateCounter<long>("etcd_server_proposals_failed_total");
    public static readonly Counter<long> ReadIndexesFailed = Meter.CreateCounter<long>("etcd_server_read_indexes_failed_total");
    public static readonly Counter<long> SlowReadIndexes = Meter.CreateCounter<long>("etcd_server_slow_read_indexes_total");
    public static readonly Counter<long> HeartbeatsLate = Meter.CreateCounter<long>("etcd_server_heartbeat_send_failures_total");
    public static readonly Counter<long> LearnersPromoted = Meter.CreateCounter<long>("etcd_server_learner_promote_successes");
    public static readonly Counter<long> LearnerPromotionsFailed = Meter.CreateCounter<long>(
        "etcd_server_learner_promote_failures"
    );
    public static readonly UpDownCounter<long> SnapshotsBeingApplied = Meter.CreateUpDownCounter<long>(
        "etcd_server_snapshot_apply_in_progress_total"
    );
    public static readonly Counter<long> LeasesExpired = Meter.CreateCounter<long>("etcd_debugging_server_lease_expired_total");
    public static readonly Counter<long> SlowApplies = Meter.CreateCounter<long>("etcd_server_slow_apply_total");
    public static readonly Histogram<double> ApplySeconds = Meter.CreateHistogram<double>("etcd_server_apply_duration_seconds");

    /// <summary>What a member proposes of its own; the requests of clients are timed where they come in.</summary>
    public static readonly Histogram<double> RequestSeconds = Meter.CreateHistogram<double>(
        "etcd_server_request_duration_seconds"
    );
    private static readonly ObservableGauge<long> ProposalsPending = Meter.CreateObservableGauge(
        "etcd_server_proposals_pending",
        static () => Volatile.Read(ref _proposalsPending)
    );

    private static long _proposalsPending;

    /// <summary>Counted by hand because every request passes here, and a measurement costs more than the addition.</summary>
    public static void AddPendingProposals(long count) => Interlocked.Add(ref _proposalsPending, count);
}
