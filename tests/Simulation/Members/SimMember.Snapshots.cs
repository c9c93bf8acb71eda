using EtcdSharp.Raft;
using EtcdSharp.Server.Lease;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part makes snapshots, sends them to members that lag too far, and installs those received.</summary>
internal sealed partial class SimMember
{
    private const int FilesKept = 3;

    private ulong _lastSnapshotIndex;
    private bool _snapshotUnderWay;
    private byte[]? _oldDatabase;

    /// <summary>Snapshots installed by any incarnation, so that a run can tell that it has seen some.</summary>
    public int InstalledCount { get; private set; }

    /// <summary>When a snapshot arrives next, the power goes so many disk operations later; negative for not.</summary>
    public int PowerLossAtSnapshot { get; set; } = -1;

    private void SnapshotWhenDue(ulong index, ulong term)
    {
        if (index - _lastSnapshotIndex <= World.Shape.SnapshotCount || _snapshotUnderWay || index < _lastSnapshotIndex)
        {
            return;
        }

        _lastSnapshotIndex = index;
        _snapshotUnderWay = true;
        var metadata = new SnapshotMetadata(Node.Status().Configuration, index, term);
        After(DiskDelay(), () => SaveSnapshot(metadata));
    }

    /// <summary>The order of <c>Snapshots</c>: the backend durable, the file durable, the mark in the log, then the release.</summary>
    private void SaveSnapshot(SnapshotMetadata metadata)
    {
        Replica.Backend.ForceCommit();
        _snap.Save(new Snapshot(V2Document(), metadata));
        After(DiskDelay(), () => RecordSnapshot(metadata));
    }

    private void RecordSnapshot(SnapshotMetadata metadata)
    {
        _snapshotUnderWay = false;
        _wal.SaveSnapshot(WalSnapshotMark.Of(metadata));
        _wal.ReleaseLockTo(metadata.Index);
        if (metadata.Index < _storage.FirstIndex)
        {
            return;
        }

        _storage.CreateSnapshot(metadata.Index, metadata.ConfState, ReadOnlyMemory<byte>.Empty);
        if (metadata.Index > World.Shape.CatchUpEntries)
        {
            _storage.Compact(metadata.Index - World.Shape.CatchUpEntries);
        }

        _snap.Purge(FilesKept);
        WalDirectory.Purge(Disk, _data.WalPath, FilesKept);
    }

    private byte[] V2Document()
    {
        var view = Replica.Cluster.View;
        return V2StoreDocument.Write(
            new V2Membership(
                [.. view.Members.Select(one => new V2Member(one.Id, one.PeerUrls, one.IsLearner, one.Name, one.ClientUrls))],
                [.. view.Removed.Order()],
                view.Version?.ToString()
            )
        );
    }

    /// <summary>The store goes with the message as it is now: newer than the log's snapshot, and it says so.</summary>
    private void SendSnapshot(Message message)
    {
        using var file = new MemoryStream();
        using (var image = Replica.Backend.Snapshot())
        {
            image.WriteTo(file);
        }

        var database = file.ToArray();
        var metadata = new SnapshotMetadata(
            Node.Status().Configuration,
            Replica.Backend.ConsistentIndex,
            Replica.Backend.ConsistentTerm
        );
        if (World.Defect == Defect.OlderSnapshotRestored)
        {
            database = _oldDatabase ??= database;
        }

        var merged = new Message
        {
            Type = MessageType.MsgSnap,
            To = message.To,
            From = message.From,
            Term = message.Term,
            Snapshot = new Snapshot(V2Document(), metadata),
        };
        World.Note($"member {Id} sends member {message.To} a snapshot at {metadata.Index}");
        World.Network.Send(this, merged, database);
    }

    private bool StoreReceived(Message message, byte[]? database)
    {
        if (database is null || message.Snapshot is not { } snapshot)
        {
            return false;
        }

        if (PowerLossAtSnapshot >= 0)
        {
            DiskFaults.CutPowerIn(this, PowerLossAtSnapshot);
            PowerLossAtSnapshot = -1;
        }

        if (World.Defect == Defect.SnapshotReleasesTooMuch)
        {
            _snap.ReleaseDatabases(snapshot.Metadata.Index);
        }

        using var writer = _snap.BeginDatabase(snapshot.Metadata.Index);
        writer.Write(database);
        writer.Complete();
        return true;
    }

    private void Install(Snapshot snapshot)
    {
        var index = snapshot.Metadata.Index;
        World.Note($"member {Id} installs a snapshot at {index}");
        var keptLessor = World.Defect == Defect.StateNotRefreshed ? Replica.Lessor : null;
        Replica.Kv.Dispose();
        Replica.Backend.Dispose();
        if (!_snap.PromoteDatabase(index, _data.StorePath))
        {
            throw new Violation("snapshot is there", $"member {Id} is to install a snapshot at {index} and has no store for it");
        }

        var backend = BackendStore.Open(Disk, _data.StorePath, BackendOptions());
        if (World.Defect == Defect.OlderSnapshotRestored)
        {
            backend.SetConsistentIndex(index, snapshot.Metadata.Term);
        }

        if (backend.ConsistentIndex != index)
        {
            throw new Violation(
                "snapshot says what it holds",
                $"member {Id} got a store at {backend.ConsistentIndex} for a snapshot at {index}"
            );
        }

        InstalledCount++;
        Replica = ReplicatedState.Open(this, backend, keptLessor);
        _storage.ApplySnapshot(snapshot);
        _wal.ReleaseLockTo(index);
        _snap.ReleaseDatabases(index);
        _lastSnapshotIndex = index;
        State.PublishApplied(index, snapshot.Metadata.Term);
        World.State.Restored(this);
        _appliedWaiters.Applied();
        AnswerOverwritten();
    }

    /// <summary>Leases expire on the leader alone; what is due goes through the log, by the leader's own proposals.</summary>
    private void TickLeases()
    {
        if (!State.IsLeader)
        {
            return;
        }

        var term = State.AppliedTerm;
        var early = World.Defect == Defect.LeaseExpiresEarly ? 3 * Shape.Second : 0;
        foreach (var id in Replica.Lessor.Tick(Clock.MonotonicNanoseconds + early).Expired)
        {
            // The proposal waits in the raft loop's inbox for the loop's next turn.
            After(World.MemberRandom.Next(2_000_000), () => ProposeRevocation(id, term));
        }
    }

    private void ProposeRevocation(long id, ulong term)
    {
        var status = Node.BasicStatus;
        var leads = status.SoftState.Role == RaftRole.Leader && status.HardState.Term == term;
        if (!leads && World.Defect != Defect.RevocationByFormerLeader)
        {
            return;
        }

        var data = Clients.Requests.Encode(
            Server.Node.RequestKind.LeaseRevoke,
            new Api.LeaseRevokeRequest { ID = id },
            World.NextId()
        );
        World.Leases.ExpiryProposed(id);
        World.Note($"member {Id} proposes the end of lease {id}, leads {State.IsLeader}");
        Node.Propose(data);
        Pump();
    }
}
