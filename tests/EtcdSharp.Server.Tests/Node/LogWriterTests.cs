using EtcdSharp.Node;
using EtcdSharp.Node.Loops;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Node.Reads;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Node;

public sealed class LogWriterTests
{
    private const ulong Self = 1;
    private const ulong SnapshotIndex = 10;

    /// <summary>
    /// The leader counts a member that has answered as having everything up to the snapshot, and does not send it again.
    /// So a crash after the answer must find the snapshot; and a start counts only those at or below the commit index.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_snapshot_is_answered_when_a_crash_finds_it(bool powerIsLost)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory("/member/snap");
        var snapshots = new SnapshotDirectory(disk, "/member/snap", NullLogger.Instance);
        using (var database = snapshots.BeginDatabase(SnapshotIndex))
        {
            database.Write([1]);
            database.Complete();
        }

        using var log = WriteAheadLog.Create(
            disk,
            "/member/wal",
            [8, 1],
            new WalOptions { Clock = SystemClock.Instance, SegmentBytes = 64 * 1024 }
        );
        log.Save(new HardState(3, 0, 1), [new Entry(EntryType.Normal, 3, 1, new byte[] { 1 })]);
        var network = new CrashOnSend(() => powerIsLost ? disk.AfterPowerLoss(seed: 7) : disk.AfterProcessCrash());
        var writer = new LogWriter(
            log,
            new MemoryStorage(),
            IdleLoop(network),
            network,
            snapshots,
            Self,
            static (part, failure) => throw new InvalidOperationException(part, failure)
        );
        writer.Start();
        writer.Add(
            new Message
            {
                Type = MessageType.MsgStorageAppend,
                Term = 3,
                Commit = SnapshotIndex,
                Snapshot = new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = [Self, 2] }, SnapshotIndex, 3)),
                Responses = new[]
                {
                    new Message
                    {
                        Type = MessageType.MsgAppResp,
                        From = Self,
                        To = 2,
                        Index = SnapshotIndex,
                    },
                },
            }
        );
        writer.Stop();

        var found = WalReading.ValidSnapshots(network.Image!, "/member/wal");
        Assert.Contains(SnapshotIndex, found.Select(mark => mark.Index));
    }

    private static RaftLoop IdleLoop(IPeerTransport transport)
    {
        var state = new NodeState(Self);
        var ids = new RequestIds(Self, DateTimeOffset.UnixEpoch);
        var options = new NodeOptions();
        var node = new RaftNode(
            new RaftConfig
            {
                Id = Self,
                ElectionTicks = 10,
                HeartbeatTicks = 1,
                MaxInflightMessages = 1,
                Storage = new MemoryStorage(),
                Randomness = SystemRandomness.Instance,
            }
        );
        var reads = new ReadIndex(state, new AppliedWaiters(state), ids, SystemClock.Instance, options);
        return new RaftLoop(
            node,
            state,
            reads,
            new WaiterTable(ids, options),
            transport,
            SystemClock.Instance,
            options,
            NullLogger.Instance,
            static (part, failure) => Assert.Fail($"{part}: {failure}")
        );
    }

    /// <summary>Keeps what is on the disk at the moment of the first message.</summary>
    private sealed class CrashOnSend(Func<MemoryDisk> crash) : IPeerTransport
    {
        public MemoryDisk? Image { get; private set; }

        public void Send(ReadOnlySpan<Message> messages) => Image ??= crash();

        public void SendSnapshot(Message message, BackendSnapshot store) => store.Dispose();

        public void AddPeer(MemberInfo member) { }

        public void UpdatePeer(MemberInfo member) { }

        public void RemovePeer(ulong id) { }

        public DateTimeOffset? ActiveSince(ulong id) => null;
    }
}
