using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Raft;
using EtcdSharp.Replica;

namespace EtcdSharp.Node;

/// <summary>
/// Stands in for the threads of a node. With it no loop has a thread: who simulates runs their turns
/// (<see cref="MemberNode.RunOnce"/>) on one thread, in an order of its own, and callers go on at once instead of on the
/// thread pool, so that nothing depends on anything but that order.
/// </summary>
internal sealed class NodeSimulation
{
    /// <summary>Called when something waits for a loop. Must only note it: another loop may be in the middle of its turn.</summary>
    public required Action<NodeLoop> Wanted { get; init; }

    /// <summary>The state machine of the consensus, to look at; set by the raft loop.</summary>
    public RaftNode Raft { get; set; } = null!;

    /// <summary>Called with everything that raft says, before it is passed on.</summary>
    public required Action<Ready> ReadyMade { get; init; }

    /// <summary>Puts something around the state machine that sees what it makes of every entry.</summary>
    public required Func<IStateMachine, IStateMachine> Around { get; init; }

    /// <summary>Anything but safe reads is a defect here, for the simulation to find.</summary>
    public ReadOnlyMode ReadOnly { get; init; } = ReadOnlyMode.Safe;

    /// <summary>What a watch stream may buffer.</summary>
    public long WatchBufferBytes { get; init; } = WatchStream.BufferedBytesMax;

    /// <summary>Null for that of production.</summary>
    public TimeSpan? LeaseCheckpointInterval { get; init; }

    public Action WhenWanted(NodeLoop loop) => () => Wanted(loop);
}
