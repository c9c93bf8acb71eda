using System.Diagnostics.Metrics;

namespace EtcdSharp.Server.Peer;

/// <summary>The instruments of the traffic between members, under etcd's names; members are labels in hexadecimal.</summary>
internal static class PeerMetrics
{
    private static readonly Meter Meter = new(Node.NodeMetrics.MeterName);

    public static readonly UpDownCounter<long> ActivePeers = Meter.CreateUpDownCounter<long>("etcd_network_active_peers");
    public static readonly Counter<long> DisconnectedPeers = Meter.CreateCounter<long>("etcd_network_disconnected_peers_total");
    public static readonly Counter<long> SentBytes = Meter.CreateCounter<long>("etcd_network_peer_sent_bytes_total");
    public static readonly Counter<long> ReceivedBytes = Meter.CreateCounter<long>("etcd_network_peer_received_bytes_total");
    public static readonly Counter<long> SentFailures = Meter.CreateCounter<long>("etcd_network_peer_sent_failures_total");
    public static readonly Counter<long> ReceivedFailures = Meter.CreateCounter<long>(
        "etcd_network_peer_received_failures_total"
    );
    public static readonly Histogram<double> RoundTripSeconds = Meter.CreateHistogram<double>(
        "etcd_network_peer_round_trip_time_seconds"
    );
    public static readonly Counter<long> SnapshotsSent = Meter.CreateCounter<long>("etcd_network_snapshot_send_success");
    public static readonly Counter<long> SnapshotSendFailures = Meter.CreateCounter<long>("etcd_network_snapshot_send_failures");
    public static readonly Histogram<double> SnapshotSendSeconds = Meter.CreateHistogram<double>(
        "etcd_network_snapshot_send_total_duration_seconds"
    );
    public static readonly UpDownCounter<long> SnapshotSendsInFlight = Meter.CreateUpDownCounter<long>(
        "etcd_network_snapshot_send_inflights_total"
    );
    public static readonly Counter<long> SnapshotsReceived = Meter.CreateCounter<long>("etcd_network_snapshot_receive_success");
    public static readonly Counter<long> SnapshotReceiveFailures = Meter.CreateCounter<long>(
        "etcd_network_snapshot_receive_failures"
    );
    public static readonly Histogram<double> SnapshotReceiveSeconds = Meter.CreateHistogram<double>(
        "etcd_network_snapshot_receive_total_duration_seconds"
    );
    public static readonly UpDownCounter<long> SnapshotReceivesInFlight = Meter.CreateUpDownCounter<long>(
        "etcd_network_snapshot_receive_inflights_total"
    );

    public static readonly Histogram<double> SnapshotSyncSeconds = Meter.CreateHistogram<double>(
        "etcd_snap_db_fsync_duration_seconds"
    );
    public static readonly Histogram<double> SnapshotSaveSeconds = Meter.CreateHistogram<double>(
        "etcd_snap_db_save_total_duration_seconds"
    );

    public static KeyValuePair<string, object?> To(string member) => new("To", member);

    public static KeyValuePair<string, object?> From(string member) => new("From", member);
}
