namespace EtcdSharp.Platform.Simulated;

/// <summary>
/// A file's contents apart from its names: what programs see, what is certain to survive a power loss, and the
/// changes in between. The owner's lock guards all of it.
/// </summary>
internal sealed class MemoryFile
{
    private const int SectorBytes = 512;

    private readonly List<Change> _unsynced = [];
    private readonly List<MemoryFileMap> _maps = [];
    private SparseBytes _durable = new();

    public SparseBytes Current { get; private set; } = new();

    public int SharedLocks { get; set; }

    public bool ExclusiveLock { get; set; }

    /// <summary>Bytes written or lengths set since the last sync, for tests that want to see that there is something to lose.</summary>
    public int UnsyncedChanges => _unsynced.Count;

    public static MemoryFile Of(SparseBytes contents) => new() { Current = contents, _durable = contents.Clone() };

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        Current.Write(offset, data);
        _unsynced.Add(new Change(offset, data.ToArray()));
        foreach (MemoryFileMap map in _maps)
        {
            map.Write(offset, data);
        }
    }

    public void SetLength(long length)
    {
        Current.SetLength(length);
        _unsynced.Add(new Change(length, null));
    }

    public void Sync()
    {
        foreach (Change change in _unsynced)
        {
            Apply(_durable, change);
        }

        _unsynced.Clear();
    }

    public void AddMap(MemoryFileMap map)
    {
        Current.Visit((offset, bytes) => map.Write(offset, bytes));
        _maps.Add(map);
    }

    public void RemoveMap(MemoryFileMap map) => _maps.Remove(map);

    public void ReleaseMaps()
    {
        foreach (var map in _maps.ToArray())
        {
            map.Dispose();
        }
    }

    /// <summary>What a power loss at this moment may leave: of the changes since the last sync each is kept, lost or torn.</summary>
    public SparseBytes AfterPowerLoss(SeededRandom random)
    {
        SparseBytes survived = _durable.Clone();
        int mood = random.Next(4);
        foreach (Change change in _unsynced)
        {
            // Whole-image moods beside the mixed one, because "all but one" and "none but one" find the most.
            int fate = mood switch
            {
                0 => random.Next(3),
                1 => random.Next(16) == 0 ? 1 : 0,
                2 => random.Next(16) == 0 ? 0 : 1,
                _ => random.Next(2),
            };
            if (fate == 0)
            {
                Apply(survived, change);
            }
            else if (fate == 2)
            {
                ApplyTorn(survived, change, random);
            }
        }

        return survived;
    }

    private static void Apply(SparseBytes contents, in Change change)
    {
        if (change.Data is null)
        {
            contents.SetLength(change.Offset);
        }
        else
        {
            contents.Write(change.Offset, change.Data);
        }
    }

    /// <summary>Sectors are written whole or not at all, in any order.</summary>
    private static void ApplyTorn(SparseBytes contents, in Change change, SeededRandom random)
    {
        if (change.Data is null)
        {
            return;
        }

        for (long at = change.Offset; at < change.Offset + change.Data.Length; )
        {
            long end = Math.Min(((at / SectorBytes) + 1) * SectorBytes, change.Offset + change.Data.Length);
            if (random.Next(2) == 0)
            {
                contents.Write(at, change.Data.AsSpan((int)(at - change.Offset), (int)(end - at)));
            }

            at = end;
        }
    }

    /// <summary>A write at an offset, or without data a new length.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Change(long Offset, byte[]? Data);
}
