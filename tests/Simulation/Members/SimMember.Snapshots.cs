using EtcdSharp.Raft;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Storage.Snap;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part takes in the state of other members: the store from the network, then everything anew from the disk.</summary>
internal sealed partial class SimMember
{
    private const int FilesKept = 3;
    private const long StartTakes = 2 * Shape.Millisecond;

    /// <summary>Snapshots installed by any incarnation, so that a run can tell that it has seen some.</summary>
    public int InstalledCount { get; private set; }

    /// <summary>When a snapshot arrives next, the power goes so many disk operations later; negative for not.</summary>
    public int PowerLossAtSnapshot { get; set; } = -1;

    /// <summary>The leases that the process held when its store was replaced, for the defect that goes on with them.</summary>
    public IReadOnlyList<LeaseRecord>? LeasesBeforeSnapshot { get; private set; }

    /// <summary>The body of a snapshot request, whole; the sender hears what became of it.</summary>
    public void ReceiveSnapshot(byte[] body, ulong index, Action<SnapshotDelivery> report) =>
        Do(
            () =>
            {
                if (PowerLossAtSnapshot >= 0)
                {
                    DiskFaults.CutPowerIn(this, PowerLossAtSnapshot);
                    PowerLossAtSnapshot = -1;
                }

                DiskFaults.IsTakingSnapshot = World.Defect == Defect.SnapshotCommitNotSynced;
                if (World.Defect == Defect.SnapshotReleasesTooMuch)
                {
                    new SnapshotDirectory(Disk, _data.SnapPath, NullLogger.Instance).ReleaseDatabases(index);
                }

                var (message, problem) = _receiver
                    .ReceiveAsync(new MemoryStream(body), CancellationToken.None)
                    .GetAwaiter()
                    .GetResult();
                World.Note($"member {Number} received a store at {index}: {problem ?? "stored"}");
                report(message is not null && Events.Receive(message) ? SnapshotDelivery.Delivered : SnapshotDelivery.Failed);
            },
            WorkSource.Peer
        );

    /// <summary>Clients may finish their calls first, so it can be a while; raft goes on meanwhile.</summary>
    private long TearDownDelay() =>
        World.MemberRandom.Next(3) == 0 ? Clock.ToTrue(World.MemberRandom.Next(1_000_000_000)) : DiskDelay();

    /// <summary>As <c>Member</c> does it: all is torn down, and built again from the disk.</summary>
    private void ReplaceState(ulong index)
    {
        // A start takes more than a millisecond, and ids of requests rest on that: they begin with its time in milliseconds.
        if (World.Now < _bootedAt + StartTakes)
        {
            World.After(_bootedAt + StartTakes - World.Now, this, () => ReplaceState(index));
            return;
        }

        World.Note($"member {Number} takes over the state at {index}");
        if (World.Defect == Defect.StateNotRefreshed)
        {
            LeasesBeforeSnapshot = new BackendLeaseBucket(Store.Backend).ReadAll();
        }

        DiskFaults.IsTakingSnapshot = false;
        Incarnation++;
        World.Raft.Stopped(this);
        Node.Stop();
        Store.Dispose();
        Boot();
        LeasesBeforeSnapshot = null;
        if (Store.Backend.ConsistentIndex < index)
        {
            throw new Violation(
                "snapshot says what it holds",
                $"member {Number} has a store at {Store.Backend.ConsistentIndex} after a snapshot at {index}"
            );
        }

        InstalledCount++;
    }
}
