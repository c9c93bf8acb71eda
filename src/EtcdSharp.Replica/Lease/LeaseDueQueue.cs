namespace EtcdSharp.Replica.Lease;

/// <summary>A binary heap of moments, soonest first, each of which can be moved or taken out in logarithmic time.</summary>
internal sealed class LeaseDueQueue
{
    private readonly List<LeaseDue> _heap = [];

    public int Count => _heap.Count;

    public LeaseDue Soonest => _heap[0];

    /// <summary>Puts the moment in, or moves it when it is in already.</summary>
    public void Schedule(LeaseDue due, long dueNanoseconds)
    {
        due.DueNanoseconds = dueNanoseconds;
        if (due.Slot == LeaseDue.NotQueued)
        {
            due.Slot = _heap.Count;
            _heap.Add(due);
        }

        Settle(due.Slot);
    }

    public void Remove(LeaseDue due)
    {
        var slot = due.Slot;
        if (slot == LeaseDue.NotQueued)
        {
            return;
        }

        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        due.Slot = LeaseDue.NotQueued;
        if (!ReferenceEquals(last, due))
        {
            Place(last, slot);
            Settle(slot);
        }
    }

    public void Clear()
    {
        foreach (var due in _heap)
        {
            due.Slot = LeaseDue.NotQueued;
        }

        _heap.Clear();
    }

    private void Settle(int slot)
    {
        var due = _heap[slot];
        slot = Rise(due, slot);
        Sink(due, slot);
    }

    private int Rise(LeaseDue due, int slot)
    {
        while (slot > 0)
        {
            var parent = (slot - 1) / 2;
            if (!IsSooner(due, _heap[parent]))
            {
                break;
            }

            Place(_heap[parent], slot);
            slot = parent;
        }

        Place(due, slot);
        return slot;
    }

    private void Sink(LeaseDue due, int slot)
    {
        while (true)
        {
            var child = (2 * slot) + 1;
            if (child >= _heap.Count)
            {
                break;
            }

            if (child + 1 < _heap.Count && IsSooner(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsSooner(_heap[child], due))
            {
                break;
            }

            Place(_heap[child], slot);
            slot = child;
        }

        Place(due, slot);
    }

    private void Place(LeaseDue due, int slot)
    {
        _heap[slot] = due;
        due.Slot = slot;
    }

    /// <summary>Equal moments go by id, so that every run hands leases out in the same order.</summary>
    private static bool IsSooner(LeaseDue left, LeaseDue right) =>
        left.DueNanoseconds != right.DueNanoseconds ? left.DueNanoseconds < right.DueNanoseconds : left.Lease.Id < right.Lease.Id;
}
