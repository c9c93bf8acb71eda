using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using EtcdSharp.Node;
using EtcdSharp.Node.Peers;
using EtcdSharp.Node.Peers.Transport;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>
/// A member whose machine vanishes while it is sent a store leaves a connection that nobody closes. Raft sends such a member
/// nothing more until it hears how the transfer ended, so it must end.
/// </summary>
public sealed class SilentReceiverTests : IDisposable
{
    private const ulong Other = 3;

    /// <summary>More than sockets hold for a receiver that does not read.</summary>
    private const int StoreBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("etcdsharp-silent-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();

    public SilentReceiverTests() => _listener.Start();

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
        _ended.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_nobody_takes_or_confirms_counts_as_failed(bool takes)
    {
        _ = AcceptAsync(takes);
        var events = new Events();
        var self = new PeerIdentity(1, 2, ["http://127.0.0.1:1"], EtcdVersion.Server);
        var timing = new PeerTiming(TimeSpan.FromMilliseconds(100)) { ReadTimeout = s_timeout, WriteTimeout = s_timeout };
        using var client = PeerClient.Create(s_timeout);
        using var transport = new PeerTransport(self, client, timing, NewTasks(), PeerMetrics.Unheard, NullLogger.Instance);
        transport.Attach(events);
        transport.AddPeer(new MemberInfo(Other, [$"http://{_listener.LocalEndpoint}"]));
        using var backend = BackendStore.Open(
            SystemDisk.Instance,
            Path.Combine(_folder, "db"),
            new BackendOptions { NoSync = true }
        );
        backend.Put(BackendBucket.Alarm, "large"u8, new byte[StoreBytes]);
        backend.ForceCommit();
        transport.SendSnapshot(
            new Message
            {
                Type = MessageType.MsgSnap,
                From = 1,
                To = Other,
                Snapshot = new Snapshot(default, new SnapshotMetadata(new ConfState(), 1, 1)),
            },
            backend.Snapshot()
        );
        Assert.Equal(SnapshotDelivery.Failed, await events.Delivered.Reader.ReadAsync().AsTask().WaitAsync(s_patience));
    }

    private static BackgroundTasks NewTasks() =>
        new(static (part, failure) => Assert.Fail($"{part}: {failure}"), NullLogger.Instance);

    /// <summary>Takes every connection, reads from it or not, and says nothing.</summary>
    private async Task AcceptAsync(bool takes)
    {
        while (!_ended.IsCancellationRequested)
        {
            var connection = await _listener.AcceptTcpClientAsync(_ended.Token);
            _ended.Token.Register(connection.Dispose);
            if (takes)
            {
                _ = connection.GetStream().CopyToAsync(Stream.Null, _ended.Token);
            }
        }
    }

    private sealed class Events : IPeerEvents
    {
        public Channel<SnapshotDelivery> Delivered { get; } = Channel.CreateUnbounded<SnapshotDelivery>();

        public bool Receive(Message message) => true;

        public void ReportUnreachable(ulong id) { }

        public void ReportGone(ulong id) { }

        public void ReportSnapshot(ulong id, SnapshotDelivery delivery) => Delivered.Writer.TryWrite(delivery);

        public void RemovedFromCluster() { }
    }
}
