using System.Diagnostics.Metrics;

namespace EtcdSharp.Server.Node;

/// <summary>The instruments of the write and read path, under etcd's names.</summary>
internal sealed class NodeMetrics
{
    private long _proposalsPending;

    /// <param name="meter">The member's, so that two members in a process count apart.</param>
    public NodeMetrics(Meter meter)
    {
        LeaderChanges = meter.CreateCounter<long>("etcd_server_leader_changes_seen_total");
        ProposalsFailed = meter.CreateCounter<long>("etcd_server_proposals_failed_total");
        ReadIndexesFailed = meter.CreateCounter<long>("etcd_server_read_indexes_failed_total");
        SlowReadIndexes = meter.CreateCounter<long>("etcd_server_slow_read_indexes_total");
        LearnersPromoted = meter.CreateCounter<long>("etcd_server_learner_promote_successes");
        LearnerPromotionsFailed = meter.CreateCounter<long>("etcd_server_learner_promote_failures");
        SnapshotsBeingApplied = meter.CreateUpDownCounter<long>("etcd_server_snapshot_apply_in_progress_total");
        LeasesExpired = meter.CreateCounter<long>("etcd_debugging_server_lease_expired_total");
        RequestSeconds = meter.CreateHistogram<double>("etcd_server_request_duration_seconds");
        meter.CreateObservableGauge("etcd_server_proposals_pending", () => Volatile.Read(ref _proposalsPending));
    }

    /// <summary>Where nobody collects metrics: tests and the simulation.</summary>
    public static NodeMetrics Unheard { get; } = new(new Meter("Unheard"));

    public Counter<long> LeaderChanges { get; }

    public Counter<long> ProposalsFailed { get; }

    public Counter<long> ReadIndexesFailed { get; }

    public Counter<long> SlowReadIndexes { get; }

    public Counter<long> LearnersPromoted { get; }

    public Counter<long> LearnerPromotionsFailed { get; }

    public UpDownCounter<long> SnapshotsBeingApplied { get; }

    public Counter<long> LeasesExpired { get; }

    /// <summary>What a member proposes of its own; the requests of clients are timed where they come in.</summary>
    public Histogram<double> RequestSeconds { get; }

    /// <summary>Counted by hand because every request passes here, and a measurement costs more than the addition.</summary>
    public void AddPendingProposals(long count) => Interlocked.Add(ref _proposalsPending, count);
}
