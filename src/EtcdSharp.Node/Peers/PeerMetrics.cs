using System.Diagnostics.Metrics;

namespace EtcdSharp.Node.Peers;

/// <summary>The instruments of the traffic between members, under etcd's names; members are labels in hexadecimal.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class PeerMetrics(Meter meter)
{
    /// <summary>Where nobody collects metrics: tests and the simulation.</summary>
    public static PeerMetrics Unheard { get; } = new(new Meter("Unheard"));

    public readonly UpDownCounter<long> ActivePeers = meter.CreateUpDownCounter<long>("etcd_network_active_peers");
    public readonly Counter<long> DisconnectedPeers = meter.CreateCounter<long>("etcd_network_disconnected_peers_total");
    public readonly Counter<long> SentBytes = meter.CreateCounter<long>("etcd_network_peer_sent_bytes_total");
    public readonly Counter<long> ReceivedBytes = meter.CreateCounter<long>("etcd_network_peer_received_bytes_total");
    public readonly Counter<long> SentFailures = meter.CreateCounter<long>("etcd_network_peer_sent_failures_total");
    public readonly Counter<long> ReceivedFailures = meter.CreateCounter<long>("etcd_network_peer_received_failures_total");
    public readonly Histogram<double> RoundTripSeconds = meter.CreateHistogram<double>(
        "etcd_network_peer_round_trip_time_seconds"
    );
    public readonly Counter<long> SnapshotsSent = meter.CreateCounter<long>("etcd_network_snapshot_send_success");
    public readonly Counter<long> SnapshotSendFailures = meter.CreateCounter<long>("etcd_network_snapshot_send_failures");
    public readonly Histogram<double> SnapshotSendSeconds = meter.CreateHistogram<double>(
        "etcd_network_snapshot_send_total_duration_seconds"
    );
    public readonly UpDownCounter<long> SnapshotSendsInFlight = meter.CreateUpDownCounter<long>(
        "etcd_network_snapshot_send_inflights_total"
    );
    public readonly Counter<long> SnapshotsReceived = meter.CreateCounter<long>("etcd_network_snapshot_receive_success");
    public readonly Counter<long> SnapshotReceiveFailures = meter.CreateCounter<long>("etcd_network_snapshot_receive_failures");
    public readonly Histogram<double> SnapshotReceiveSeconds = meter.CreateHistogram<double>(
        "etcd_network_snapshot_receive_total_duration_seconds"
    );
    public readonly UpDownCounter<long> SnapshotReceivesInFlight = meter.CreateUpDownCounter<long>(
        "etcd_network_snapshot_receive_inflights_total"
    );
    public readonly Histogram<double> SnapshotSyncSeconds = meter.CreateHistogram<double>("etcd_snap_db_fsync_duration_seconds");
    public readonly Histogram<double> SnapshotSaveSeconds = meter.CreateHistogram<double>(
        "etcd_snap_db_save_total_duration_seconds"
    );
    public readonly Counter<long> HeartbeatsLate = meter.CreateCounter<long>("etcd_server_heartbeat_send_failures_total");

    public static KeyValuePair<string, object?> To(string member) => new("To", member);

    public static KeyValuePair<string, object?> From(string member) => new("From", member);
}
