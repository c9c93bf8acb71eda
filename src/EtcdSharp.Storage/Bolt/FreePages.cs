namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Which pages are free, and which are given up but may still be seen by a reader (pending). Allocation takes the
/// lowest fitting place; hints remember below which page there is nothing of a size, so that the bitmap is scanned
/// at most once per size and commit.
/// </summary>
internal sealed class FreePages
{
    /// <summary>Sizes with a hint of their own: up to 64 kB of 4 kB pages. Larger ones start at the largest hint.</summary>
    private const int HintedSizes = 16;

    private readonly PageBitmap _free = new();
    private readonly PageBitmap _pending = new();
    private readonly ulong[] _noneBelow = new ulong[HintedSizes + 1];

    public FreePages() => Array.Fill(_noneBelow, PageFormat.FirstDataPage);

    public long FreeCount { get; private set; }

    public long PendingCount { get; private set; }

    public bool IsFree(ulong id) => _free.Contains(id);

    public bool IsFreeOrPending(ulong id) => _free.Contains(id) || _pending.Contains(id);

    /// <summary>Takes <paramref name="count"/> consecutive free pages; 0 when there are none.</summary>
    public ulong Allocate(ulong count)
    {
        ref ulong hint = ref _noneBelow[Math.Min(count, HintedSizes)];
        ulong from = hint;
        while (_free.TryNext(from, out ulong start))
        {
            ulong run = _free.RunLength(start, count);
            if (run == count)
            {
                Take(start, count);
                if (count <= HintedSizes)
                {
                    hint = start + count;
                }

                return start;
            }

            from = start + run;
        }

        if (count <= HintedSizes)
        {
            hint = Math.Max(hint, from);
        }

        return 0;
    }

    /// <summary>Makes pages free that are in no set yet: while opening, and when a transaction that took them is undone.</summary>
    public void AddFree(ulong start, ulong count)
    {
        for (ulong id = start; id < start + count; id++)
        {
            if (!_free.Add(id))
            {
                throw new InvalidOperationException($"page {id} is free already");
            }
        }

        FreeCount += (long)count;
        for (ulong size = 1; size <= HintedSizes; size++)
        {
            // A run of this size that includes the first new page begins at most size - 1 pages before it.
            ulong earliest = start >= size + 1 ? start - size + 1 : PageFormat.FirstDataPage;
            _noneBelow[size] = Math.Min(_noneBelow[size], earliest);
        }
    }

    /// <summary>Marks pages as given up; false when one of them is free or given up already, and then nothing is changed.</summary>
    public bool TryAddPending(ulong start, ulong count)
    {
        for (ulong id = start; id < start + count; id++)
        {
            if (IsFreeOrPending(id))
            {
                return false;
            }
        }

        for (ulong id = start; id < start + count; id++)
        {
            _pending.Add(id);
        }

        PendingCount += (long)count;
        return true;
    }

    /// <summary>Takes back what <see cref="TryAddPending"/> did.</summary>
    public void RemovePending(ulong start, ulong count)
    {
        for (ulong id = start; id < start + count; id++)
        {
            if (!_pending.Remove(id))
            {
                throw new InvalidOperationException($"page {id} is not pending");
            }
        }

        PendingCount -= (long)count;
    }

    public void Release(ulong start, ulong count)
    {
        RemovePending(start, count);
        AddFree(start, count);
    }

    /// <summary>All free and pending pages in ascending order, as the stored freelist holds them.</summary>
    public IEnumerable<ulong> All()
    {
        bool hasFree = _free.TryNext(0, out ulong free);
        bool hasPending = _pending.TryNext(0, out ulong pending);
        while (hasFree || hasPending)
        {
            if (hasFree && (!hasPending || free < pending))
            {
                yield return free;
                hasFree = _free.TryNext(free + 1, out free);
            }
            else
            {
                yield return pending;
                hasPending = _pending.TryNext(pending + 1, out pending);
            }
        }
    }

    private void Take(ulong start, ulong count)
    {
        for (ulong id = start; id < start + count; id++)
        {
            _free.Remove(id);
        }

        FreeCount -= (long)count;
    }
}
