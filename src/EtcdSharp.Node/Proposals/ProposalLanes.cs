using System.Runtime.InteropServices;
using EtcdSharp.Raft;

namespace EtcdSharp.Node.Proposals;

/// <summary>
/// The proposals that the raft loop has taken and raft has not: two lanes, the priority lane first. The raft loop owns it; other
/// threads announce what they hand in and read how many bytes wait.
/// </summary>
internal sealed class ProposalLanes
{
    /// <summary>
    /// Bytes of proposals that go into one batch. Enough that a sync is spread over thousands of small requests,
    /// little enough that one batch is written in some milliseconds.
    /// </summary>
    private const int BatchBytesMax = 4 * 1024 * 1024;

    private readonly ProposalQueue _normal = new();
    private readonly ProposalQueue _priority = new();
    private readonly List<ReadOnlyMemory<byte>> _batch = [];
    private long _waitingBytes;
    private bool _blocked;

    /// <summary>Bytes of proposals that raft has not taken. Any thread.</summary>
    public long WaitingBytes => Volatile.Read(ref _waitingBytes);

    /// <summary>False while raft refuses proposals: see <see cref="ProposeBatch"/>.</summary>
    public bool CanBeOffered => !_blocked && (_normal.Count != 0 || _priority.Count != 0);

    /// <summary>A proposal is on its way to the loop. Any thread.</summary>
    public void Announce(in Proposal proposal) => Interlocked.Add(ref _waitingBytes, proposal.Data.Length);

    public void Take(RaftLoopInput input)
    {
        _normal.AddRange(input.Normal);
        _priority.AddRange(input.Priority);
    }

    /// <summary>At a tick: what raft refused may be offered again.</summary>
    public void Unblock() => _blocked = false;

    /// <summary>Nobody leads: proposals whose callers gave up go.</summary>
    public void DropAbandoned(WaiterTable waiters, long nowNanoseconds) =>
        Left(_priority.DropAbandoned(waiters, nowNanoseconds) + _normal.DropAbandoned(waiters, nowNanoseconds));

    /// <summary>Raft forwards what a follower proposes; what only the leader of a term may decide must not get that far.</summary>
    public void DropOfOtherTerms(RaftNode node, WaiterTable waiters)
    {
        if (!_priority.HasBoundToTerm && !_normal.HasBoundToTerm)
        {
            return;
        }

        var status = node.BasicStatus;
        var leadingTerm = status.SoftState.Role == RaftRole.Leader ? status.HardState.Term : 0;
        Left(_priority.DropOfOtherTerms(leadingTerm, waiters) + _normal.DropOfOtherTerms(leadingTerm, waiters));
    }

    /// <summary>
    /// Offers one batch to raft. After a refusal (leadership is being transferred, or the log is full) raft has kept nothing: the
    /// proposals are offered again at the next tick, until their callers give up.
    /// </summary>
    public void ProposeBatch(RaftNode node)
    {
        var bytes = _priority.PeekBatch(_batch, BatchBytesMax);
        bytes += _normal.PeekBatch(_batch, BatchBytesMax - bytes);
        if (_batch.Count != 0)
        {
            if (node.Propose(CollectionsMarshal.AsSpan(_batch)) == StepResult.Ok)
            {
                _priority.DropPeeked();
                _normal.DropPeeked();
                Left(bytes);
            }
            else
            {
                _blocked = true;
            }
        }

        _batch.Clear();
    }

    private void Left(long bytes) => Interlocked.Add(ref _waitingBytes, -bytes);
}
