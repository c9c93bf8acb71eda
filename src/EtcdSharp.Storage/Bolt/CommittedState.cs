namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// One committed state of the file. A reader enters by raising the reader count and then looking whether the state is
/// still the current one; the writer first publishes the next state and then looks at the count. Both steps are full
/// fences, so either the reader sees that it came too late and tries again, or the writer sees the reader.
/// </summary>
internal sealed unsafe class CommittedState
{
    private readonly byte* _pages;
    private int _readers;

    public CommittedState(string path, MetaPage meta, MappedFile map)
    {
        Path = path;
        Meta = meta;
        Map = map;
        PageSize = (int)meta.PageSize;
        _pages = map.Address;
    }

    public string Path { get; }

    public MetaPage Meta { get; }

    public MappedFile Map { get; }

    public int PageSize { get; }

    public ulong TransactionId => Meta.TransactionId;

    public bool HasReaders => Volatile.Read(ref _readers) != 0;

    public int ReaderCount => Volatile.Read(ref _readers);

    /// <summary>What to throw where a page is not what it should be.</summary>
    public BoltCorruptionException Damaged(ulong pageId, BoltDamage damage, string detail) =>
        new(Path, pageId, damage, detail, PageSize);

    /// <summary>The page that a place in the map belongs to, so that an inline page, which has no number, can be named; 0 outside of the map.</summary>
    public ulong PageAt(byte* place)
    {
        long offset = place - _pages;
        return offset >= 0 && offset < Map.Length ? (ulong)(offset / PageSize) : 0;
    }

    public void Enter() => Interlocked.Increment(ref _readers);

    public void Leave() => Interlocked.Decrement(ref _readers);

    /// <summary>A branch or leaf page, its header checked.</summary>
    public PageView Page(ulong id)
    {
        byte* page = Header(id);
        uint overflow = *(uint*)(page + PageFormat.OverflowOffset);
        return new PageView(this, id, page, (overflow + 1L) * PageSize);
    }

    /// <summary>
    /// The start of a page that carries the id asked for and, with its overflow pages, lies below the high-water
    /// mark. The file is at least that long and never shrinks while it is open, so all of it is readable.
    /// </summary>
    public byte* Header(ulong id)
    {
        if (id < PageFormat.FirstDataPage || id >= Meta.HighWaterMark)
        {
            throw Damaged(id, BoltDamage.PageOutOfRange, $"the high-water mark is {Meta.HighWaterMark}");
        }

        byte* page = RawPage(id);
        if (*(ulong*)page != id)
        {
            throw Damaged(id, BoltDamage.WrongPageId, $"it carries the id {*(ulong*)page}");
        }

        uint overflow = *(uint*)(page + PageFormat.OverflowOffset);
        if (id + overflow >= Meta.HighWaterMark)
        {
            throw Damaged(id, BoltDamage.BadPageSize, $"{overflow} overflow pages, the high-water mark is {Meta.HighWaterMark}");
        }

        return page;
    }

    /// <summary>The start of any page below the high-water mark, unchecked.</summary>
    public byte* RawPage(ulong id) => _pages + ((long)id * PageSize);
}
