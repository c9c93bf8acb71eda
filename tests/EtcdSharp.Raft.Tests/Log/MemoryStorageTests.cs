using System.Runtime.CompilerServices;

namespace EtcdSharp.Raft.Tests.Log;

public sealed class MemoryStorageTests
{
    [Fact]
    public void What_a_forgotten_entry_carried_does_not_stay_in_memory()
    {
        var storage = new MemoryStorage();
        var (forgotten, kept) = Append(storage);
        Assert.True(storage.Compact(2));
        GC.Collect();
        Assert.False(forgotten.IsAlive);
        Assert.True(kept.IsAlive);
        Assert.Equal(StorageRead.Ok, storage.TryGetEntries(3, 4, ulong.MaxValue, out var entries));
        Assert.Equal(new Entry(EntryType.Normal, 1, 3, new byte[3]), Assert.Single(entries.ToArray()));
    }

    [Fact]
    public void A_window_that_is_out_outlives_the_compaction()
    {
        var storage = new MemoryStorage();
        Append(storage);
        Assert.Equal(StorageRead.Ok, storage.TryGetEntries(1, 4, ulong.MaxValue, out var window));
        Assert.True(storage.Compact(3));
        Assert.Equal([1UL, 2UL, 3UL], window.ToArray().Select(static entry => entry.Index));
        Assert.All(window.ToArray(), static entry => Assert.Equal((int)entry.Index, entry.Data.Length));
        Assert.Equal(StorageRead.Compacted, storage.TryGetEntries(3, 4, ulong.MaxValue, out _));
    }

    /// <summary>Three entries, the data of two of them watched; not inlined, so that no local holds it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Forgotten, WeakReference Kept) Append(MemoryStorage storage)
    {
        byte[][] data = [new byte[1], new byte[2], new byte[3]];
        storage.Append([.. data.Select(static (bytes, i) => new Entry(EntryType.Normal, 1, (ulong)i + 1, bytes))]);
        return (new WeakReference(data[1]), new WeakReference(data[2]));
    }
}
