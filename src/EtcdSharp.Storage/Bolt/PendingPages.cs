namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Pages that committed transactions gave up, kept until no reader can see them. A page allocated by transaction A
/// and given up by transaction F is seen by the states from A to F - 1; it is free as soon as none of these has a
/// reader. So a long reader (a snapshot being sent) holds back only the pages of its own state.
/// </summary>
internal sealed class PendingPages
{
    private readonly FreePages _pages;
    private readonly List<Group> _groups = [];
    private readonly Queue<(ulong TransactionId, List<ulong> Starts)> _allocations = new();
    private readonly Dictionary<ulong, ulong> _allocatedBy = [];

    public PendingPages(FreePages pages) => _pages = pages;

    /// <summary>Takes over what a committed transaction gave up and allocated. The pages are marked as pending already.</summary>
    public void Committed(ulong transactionId, List<PageExtent> givenUp, List<PageExtent> allocated)
    {
        if (givenUp.Count > 0)
        {
            var extents = new List<PageExtent>(givenUp.Count);
            foreach (PageExtent extent in givenUp)
            {
                extents.Add(_allocatedBy.Remove(extent.Id, out ulong by) ? extent with { AllocatedBy = by } : extent);
            }

            _groups.Add(new Group(transactionId, extents));
        }

        var starts = new List<ulong>(allocated.Count);
        foreach (PageExtent extent in allocated)
        {
            _allocatedBy[extent.Id] = transactionId;
            starts.Add(extent.Id);
        }

        _allocations.Enqueue((transactionId, starts));
    }

    /// <summary>Frees what none of the superseded states with readers (their ids, ascending) can see.</summary>
    public void Release(List<ulong> readerIds)
    {
        int kept = 0;
        for (int i = 0; i < _groups.Count; i++)
        {
            Group group = _groups[i];
            int older = OlderThan(readerIds, group.TransactionId);
            if (older != group.ReadersAtLastLook)
            {
                // No reader can join a superseded state, so the count alone tells whether anything has changed.
                group.ReadersAtLastLook = older;
                ReleaseFrom(group, readerIds);
            }

            if (group.Extents.Count > 0)
            {
                _groups[kept++] = group;
            }
        }

        _groups.RemoveRange(kept, _groups.Count - kept);
        ForgetAllocations(readerIds.Count == 0 ? ulong.MaxValue : readerIds[0]);
    }

    private static int OlderThan(List<ulong> readerIds, ulong transactionId)
    {
        int count = 0;
        while (count < readerIds.Count && readerIds[count] < transactionId)
        {
            count++;
        }

        return count;
    }

    private static bool IsSeen(List<ulong> readerIds, ulong from, ulong before)
    {
        foreach (ulong reader in readerIds)
        {
            if (reader >= before)
            {
                return false;
            }

            if (reader >= from)
            {
                return true;
            }
        }

        return false;
    }

    private void ReleaseFrom(Group group, List<ulong> readerIds)
    {
        int kept = 0;
        for (int i = 0; i < group.Extents.Count; i++)
        {
            PageExtent extent = group.Extents[i];
            if (IsSeen(readerIds, extent.AllocatedBy, group.TransactionId))
            {
                group.Extents[kept++] = extent;
            }
            else
            {
                _pages.Release(extent.Id, extent.PageCount);
            }
        }

        group.Extents.RemoveRange(kept, group.Extents.Count - kept);
    }

    /// <summary>Who allocated a page matters only while some reader is older than that.</summary>
    private void ForgetAllocations(ulong oldestReader)
    {
        while (_allocations.TryPeek(out (ulong TransactionId, List<ulong> Starts) oldest) && oldest.TransactionId <= oldestReader)
        {
            _allocations.Dequeue();
            foreach (ulong start in oldest.Starts)
            {
                if (_allocatedBy.TryGetValue(start, out ulong by) && by == oldest.TransactionId)
                {
                    _allocatedBy.Remove(start);
                }
            }
        }
    }

    private sealed class Group(ulong transactionId, List<PageExtent> extents)
    {
        public ulong TransactionId { get; } = transactionId;

        public List<PageExtent> Extents { get; } = extents;

        public int ReadersAtLastLook { get; set; } = -1;
    }
}
