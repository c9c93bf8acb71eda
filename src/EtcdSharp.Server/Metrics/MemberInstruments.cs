using System.Diagnostics.Metrics;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Edge.Http;
using EtcdSharp.Server.Lease;
using EtcdSharp.Server.Node;
using EtcdSharp.Server.Peer;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Server.Metrics;

/// <summary>
/// The instruments of one member, so that two members in a process count apart. Made once, because a store that replaces
/// another counts on.
/// </summary>
/// <param name="meter">The meter of the member's collector.</param>
internal sealed class MemberInstruments(Meter meter)
{
    /// <summary>For a member that nobody collects metrics of, as in the simulation.</summary>
    public static MemberInstruments Unheard { get; } = new(new Meter("Unheard"));

    public MvccMetrics Mvcc { get; } = new(meter);

    public WatchMetrics Watch { get; } = new(meter);

    public WatchSendMetrics WatchSend { get; } = new(meter);

    public LeaseMetrics Lease { get; } = new(meter);

    public BackendMetrics Backend { get; } = new(meter);

    public WalMetrics Wal { get; } = new(meter);

    public SnapMetrics Snap { get; } = new(meter);

    public ReplicaMetrics Replica { get; } = new(meter);

    public NodeMetrics Node { get; } = new(meter);

    public PeerMetrics Peer { get; } = new(meter);

    public HttpMetrics Http { get; } = new(meter);

    public GrpcServerMetrics Grpc { get; } = new(meter);
}
