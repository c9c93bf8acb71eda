namespace EtcdSharp.Storage.Bolt;

/// <summary>The pages that one write transaction takes and gives up; undone as a whole when it does not commit.</summary>
internal sealed class PageAllocation
{
    private readonly FreePages _freePages;
    private readonly CommittedState _state;

    public PageAllocation(FreePages freePages, CommittedState state, WriteBuffers buffers)
    {
        Allocated = buffers.Allocated;
        GivenUp = buffers.GivenUp;
        _freePages = freePages;
        _state = state;
        HighWaterMark = state.Meta.HighWaterMark;
    }

    public ulong HighWaterMark { get; private set; }

    public List<PageExtent> Allocated { get; }

    public List<PageExtent> GivenUp { get; }

    /// <summary>Free and pending pages, those of this transaction included: what a stored freelist lists.</summary>
    public FreePages FreePages => _freePages;

    public ulong Allocate(ulong pageCount)
    {
        ulong id = _freePages.Allocate(pageCount);
        if (id == 0)
        {
            id = HighWaterMark;
            HighWaterMark += pageCount;
        }

        Allocated.Add(new PageExtent(id, pageCount, 0));
        return id;
    }

    public void GiveUp(ulong id, uint overflowCount)
    {
        ulong count = overflowCount + 1UL;
        if (id < PageFormat.FirstDataPage || id + count > _state.Meta.HighWaterMark || !_freePages.TryAddPending(id, count))
        {
            throw _state.Damaged(id, BoltDamage.ReferencedTwice, "a page in use is free too, or used twice");
        }

        GivenUp.Add(new PageExtent(id, count, 0));
    }

    public void Undo()
    {
        foreach (PageExtent extent in Allocated)
        {
            // Pages from beyond the committed high-water mark are as if they had never been.
            if (extent.Id < _state.Meta.HighWaterMark)
            {
                _freePages.AddFree(extent.Id, extent.PageCount);
            }
        }

        foreach (PageExtent extent in GivenUp)
        {
            _freePages.RemovePending(extent.Id, extent.PageCount);
        }

        Allocated.Clear();
        GivenUp.Clear();
        HighWaterMark = _state.Meta.HighWaterMark;
    }
}
