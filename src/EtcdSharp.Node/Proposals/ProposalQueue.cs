using EtcdSharp.Api.Errors;

namespace EtcdSharp.Node.Proposals;

/// <summary>Proposals that the raft loop has taken but raft has not; they leave only once raft has accepted them.</summary>
internal sealed class ProposalQueue
{
    /// <summary>What a request is told that no leader has ever been offered; etcd has the words from its runtime.</summary>
    private static readonly EtcdError s_neverOffered = new(EtcdErrorCode.DeadlineExceeded, "context deadline exceeded");

    private readonly Queue<Proposal> _queue = new();
    private int _peeked;
    private int _boundToTerm;

    public int Count => _queue.Count;

    public void AddRange(List<Proposal> proposals)
    {
        foreach (var proposal in proposals)
        {
            _queue.Enqueue(proposal);
            _boundToTerm += proposal.LeaderTerm == 0 ? 0 : 1;
        }
    }

    /// <summary>True when some of the proposals are void outside of one leader's term.</summary>
    public bool HasBoundToTerm => _boundToTerm != 0;

    /// <summary>Gives up the proposals of another term than the one this member leads in (0: it does not lead); returns their bytes.</summary>
    public long DropOfOtherTerms(ulong leadingTerm, WaiterTable waiters)
    {
        var bytes = 0L;
        for (var left = _queue.Count; left > 0; left--)
        {
            var proposal = _queue.Dequeue();
            if (proposal.LeaderTerm == 0 || proposal.LeaderTerm == leadingTerm)
            {
                _queue.Enqueue(proposal);
                continue;
            }

            bytes += proposal.Data.Length;
            _boundToTerm--;
            waiters.Fail(proposal.Id, EtcdError.LeaderChanged);
        }

        return bytes;
    }

    /// <summary>Adds the first proposals that fit into the bytes (at least one, if the batch is empty) and returns their bytes.</summary>
    public int PeekBatch(List<ReadOnlyMemory<byte>> batch, int bytesMax)
    {
        var bytes = 0;
        _peeked = 0;
        foreach (var proposal in _queue)
        {
            if (batch.Count != 0 && bytes + proposal.Data.Length > bytesMax)
            {
                break;
            }

            batch.Add(proposal.Data);
            bytes += proposal.Data.Length;
            _peeked++;
        }

        return bytes;
    }

    /// <summary>
    /// Forgets the proposals whose callers have given up or have waited long enough; returns their bytes. To carry them
    /// out much later would surprise who asked again since.
    /// </summary>
    public long DropAbandoned(WaiterTable waiters, long nowNanoseconds)
    {
        var bytes = 0L;
        for (var left = _queue.Count; left > 0; left--)
        {
            var proposal = _queue.Dequeue();
            if (waiters.IsWaiting(proposal.Id, nowNanoseconds))
            {
                _queue.Enqueue(proposal);
                continue;
            }

            bytes += proposal.Data.Length;
            _boundToTerm -= proposal.LeaderTerm == 0 ? 0 : 1;
            waiters.Fail(proposal.Id, s_neverOffered);
        }

        return bytes;
    }

    public void DropPeeked()
    {
        for (; _peeked > 0; _peeked--)
        {
            _boundToTerm -= _queue.Dequeue().LeaderTerm == 0 ? 0 : 1;
        }
    }
}
