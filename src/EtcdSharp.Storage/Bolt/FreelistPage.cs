namespace EtcdSharp.Storage.Bolt;

/// <summary>The stored list of free pages: page ids in ascending order, 8 bytes each.</summary>
internal static unsafe class FreelistPage
{
    /// <summary>Reads the list; throws when it cannot be one.</summary>
    public static ulong[] Read(CommittedState state)
    {
        ulong pageId = state.Meta.FreelistPage;
        ReadOnlySpan<ulong> entries = Entries(state, pageId);
        ulong[] ids = entries.ToArray();

        // bbolt sorts after reading, so an unsorted list is no damage; a page outside or listed twice is.
        Array.Sort(ids);
        ulong previous = 0;
        foreach (ulong id in ids)
        {
            if (id < PageFormat.FirstDataPage || id >= state.Meta.HighWaterMark || id == previous)
            {
                throw state.Damaged(
                    pageId,
                    BoltDamage.BadFreelist,
                    $"it lists page {id}, the high-water mark is {state.Meta.HighWaterMark}"
                );
            }

            previous = id;
        }

        return ids;
    }

    public static uint OverflowCount(CommittedState state, ulong pageId) =>
        *(uint*)(Checked(state, pageId) + PageFormat.OverflowOffset);

    public static long EntryCount(CommittedState state, ulong pageId) => Entries(state, pageId).Length;

    /// <summary>Allocates and fills the page; the last allocation of a commit, because it changes what the list says.</summary>
    public static ulong Write(PageAllocation pages, DirtyPages dirty, int pageSize)
    {
        long mostEntries = pages.FreePages.FreeCount + pages.FreePages.PendingCount + 1;
        long bytes = PageFormat.HeaderBytes + (mostEntries * PageFormat.PageIdBytes);
        long pageCount = (bytes + pageSize - 1) / pageSize;
        ulong id = pages.Allocate((ulong)pageCount);
        byte* page = dirty.Add(id, pageCount * pageSize);
        new Span<byte>(page, (int)(pageCount * pageSize)).Clear();

        long count = pages.FreePages.FreeCount + pages.FreePages.PendingCount;
        var entry = (ulong*)(page + PageFormat.HeaderBytes);
        if (count >= PageFormat.CountInFirstEntry)
        {
            *entry++ = (ulong)count;
        }

        foreach (ulong free in pages.FreePages.All())
        {
            *entry++ = free;
        }

        var inHeader = (ushort)Math.Min(count, PageFormat.CountInFirstEntry);
        PageFormat.WriteHeader(
            new Span<byte>(page, PageFormat.HeaderBytes),
            id,
            PageFormat.FreelistFlag,
            inHeader,
            (uint)(pageCount - 1)
        );
        return id;
    }

    public static ReadOnlySpan<ulong> Entries(CommittedState state, ulong pageId)
    {
        byte* page = Checked(state, pageId);
        long room =
            (((*(uint*)(page + PageFormat.OverflowOffset) + 1L) * state.PageSize) - PageFormat.HeaderBytes)
            / PageFormat.PageIdBytes;
        var entry = (ulong*)(page + PageFormat.HeaderBytes);
        ulong count = *(ushort*)(page + PageFormat.CountOffset);
        if (count == PageFormat.CountInFirstEntry)
        {
            count = *entry++;
            room--;
        }

        return count <= (ulong)room && count <= (ulong)Array.MaxLength
            ? new ReadOnlySpan<ulong>(entry, (int)count)
            : throw state.Damaged(pageId, BoltDamage.BadFreelist, $"{count} entries where {room} fit");
    }

    private static byte* Checked(CommittedState state, ulong pageId)
    {
        byte* page = state.Header(pageId);
        ushort flags = *(ushort*)(page + PageFormat.FlagsOffset);
        return flags == PageFormat.FreelistFlag
            ? page
            : throw state.Damaged(pageId, BoltDamage.WrongPageKind, $"flags {flags:x} where the freelist is expected");
    }
}
