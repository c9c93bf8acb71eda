namespace EtcdSharp.Server.Node;

/// <summary>Proposals that the raft loop has taken but raft has not; they leave only once raft has accepted them.</summary>
internal sealed class ProposalQueue
{
    private readonly Queue<Proposal> _queue = new();
    private int _peeked;

    public int Count => _queue.Count;

    public void AddRange(List<Proposal> proposals)
    {
        foreach (var proposal in proposals)
        {
            _queue.Enqueue(proposal);
        }
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

    /// <summary>Forgets the proposals whose callers have given up; returns their bytes.</summary>
    public long DropAbandoned(WaiterTable waiters)
    {
        var bytes = 0L;
        for (var left = _queue.Count; left > 0; left--)
        {
            var proposal = _queue.Dequeue();
            if (waiters.IsWaiting(proposal.Id))
            {
                _queue.Enqueue(proposal);
            }
            else
            {
                bytes += proposal.Data.Length;
            }
        }

        return bytes;
    }

    public void DropPeeked()
    {
        for (; _peeked > 0; _peeked--)
        {
            _queue.Dequeue();
        }
    }
}
