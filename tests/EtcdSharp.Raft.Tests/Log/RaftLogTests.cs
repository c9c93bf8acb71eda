using EtcdSharp.Raft.Log;
using EtcdSharp.Raft.Logging;

namespace EtcdSharp.Raft.Tests.Log;

public sealed class RaftLogTests
{
    [Fact]
    public void A_slice_goes_over_from_storage_to_the_unstable_log()
    {
        var log = NewLog(stable: 5, unstable: 5);
        Assert.Equal(StorageRead.Ok, log.TrySlice(3, 9, RaftConfig.NoLimit, out var entries));
        Assert.Equal([3UL, 4, 5, 6, 7, 8], entries.ToArray().Select(entry => entry.Index));
    }

    [Fact]
    public void A_slice_is_cut_by_size_but_has_one_entry()
    {
        var log = NewLog(stable: 5, unstable: 5);
        for (ulong maxBytes = 0; maxBytes < 70; maxBytes++)
        {
            Assert.Equal(StorageRead.Ok, log.TrySlice(3, 9, maxBytes, out var entries));
            var size = EntrySizes.Encoded(entries.Span);
            Assert.True(entries.Length == 1 || size <= maxBytes, $"{entries.Length} entries of {size} bytes at {maxBytes}");
            var isAll = entries.Length == 6;
            Assert.True(isAll || size + 6 > maxBytes, $"only {entries.Length} entries of {size} bytes at {maxBytes}");
        }
    }

    [Fact]
    public void Bounds_are_told_apart()
    {
        var log = NewLog(stable: 5, unstable: 5, compactTo: 3);
        Assert.Equal(StorageRead.Compacted, log.TryGetTerm(2, out _));
        Assert.Equal(StorageRead.Ok, log.TryGetTerm(3, out var term));
        Assert.Equal(1UL, term);
        Assert.Equal(StorageRead.Ok, log.TryGetTerm(10, out _));
        Assert.Equal(StorageRead.Unavailable, log.TryGetTerm(11, out _));
        Assert.Equal(StorageRead.Compacted, log.TrySlice(3, 5, RaftConfig.NoLimit, out _));
        Assert.Throws<RaftInvariantException>(() => log.TrySlice(5, 12, RaftConfig.NoLimit, out _));
        Assert.Throws<RaftInvariantException>(() => log.TrySlice(6, 5, RaftConfig.NoLimit, out _));
    }

    [Fact]
    public void A_conflict_with_a_committed_entry_stops_the_member()
    {
        var log = NewLog(stable: 5, unstable: 5);
        log.CommitTo(7);
        Assert.Throws<RaftInvariantException>(() =>
            log.TryAppend(new EntryId(1, 5), UnstableLogTests.Entries(6, 2, 1), 7, out _)
        );
    }

    [Fact]
    public void An_append_that_adds_nothing_changes_nothing()
    {
        var log = NewLog(stable: 5, unstable: 5);
        Assert.True(log.TryAppend(new EntryId(1, 4), UnstableLogTests.Entries(5, 1, 3), 6, out var last));
        Assert.Equal(7UL, last);
        Assert.Equal(10UL, log.LastIndex);
        Assert.Equal(6UL, log.Committed);
    }

    [Fact]
    public void The_hint_skips_whole_terms()
    {
        var storage = new MemoryStorage();
        ulong[] terms = [1, 1, 4, 4, 5, 5, 6];
        storage.Append([.. terms.Select((term, i) => new Entry(EntryType.Normal, term, (ulong)i + 1, default))]);
        var log = new RaftLog(storage, new RaftLogger(null), RaftConfig.NoLimit);
        Assert.Equal(new EntryId(1, 2), log.FindConflictByTerm(7, 3));
        Assert.Equal(new EntryId(5, 6), log.FindConflictByTerm(7, 5));
        Assert.Equal(new EntryId(0, 0), log.FindConflictByTerm(1, 0));
    }

    [Fact]
    public void Storage_windows_stay_as_they_were()
    {
        var storage = new MemoryStorage();
        storage.Append(UnstableLogTests.Entries(1, 1, 8));
        Assert.Equal(StorageRead.Ok, storage.TryGetEntries(1, 9, RaftConfig.NoLimit, out var window));
        storage.Append(UnstableLogTests.Entries(4, 2, 8));
        Assert.True(storage.Compact(6));
        storage.Append(UnstableLogTests.Entries(12, 2, 50));
        Assert.Equal(UnstableLogTests.Entries(1, 1, 8), window.ToArray());
        Assert.Equal(7UL, storage.FirstIndex);
        Assert.Equal(61UL, storage.LastIndex);
        Assert.False(storage.Compact(6));
        Assert.Equal(StorageRead.Compacted, storage.TryGetEntries(6, 8, RaftConfig.NoLimit, out _));
        Assert.Equal(StorageRead.Ok, storage.TryGetEntries(7, 62, RaftConfig.NoLimit, out var rest));
        Assert.Equal(UnstableLogTests.Entries(7, 2, 55), rest.ToArray());
    }

    [Fact]
    public void Storage_skips_what_is_compacted_and_refuses_gaps()
    {
        var storage = new MemoryStorage();
        storage.Append(UnstableLogTests.Entries(1, 1, 8));
        storage.Compact(5);
        storage.Append(UnstableLogTests.Entries(2, 1, 3));
        Assert.Equal(8UL, storage.LastIndex);
        storage.Append(UnstableLogTests.Entries(4, 2, 3));
        Assert.Equal(6UL, storage.LastIndex);
        Assert.Throws<RaftInvariantException>(() => storage.Append(UnstableLogTests.Entries(8, 2, 1)));
    }

    [Fact]
    public void Snapshots_only_go_forward()
    {
        var storage = new MemoryStorage();
        storage.Append(UnstableLogTests.Entries(1, 3, 8));
        var snapshot = storage.CreateSnapshot(5, new ConfState { Voters = [1] }, new byte[] { 1 });
        Assert.NotNull(snapshot);
        Assert.Equal(3UL, snapshot.Metadata.Term);
        Assert.Null(storage.CreateSnapshot(5, null, default));
        Assert.Equal([1UL], storage.CreateSnapshot(6, null, default)!.Metadata.ConfState.Voters);
        Assert.False(storage.ApplySnapshot(snapshot));
        Assert.Throws<RaftInvariantException>(() => storage.CreateSnapshot(9, null, default));
    }

    /// <summary>Entries of term 1 with 6 bytes each when encoded: type, term and index of two bytes each.</summary>
    private static RaftLog NewLog(int stable, int unstable, ulong compactTo = 0)
    {
        var storage = new MemoryStorage();
        storage.Append(UnstableLogTests.Entries(1, 1, stable));
        if (compactTo > 0)
        {
            storage.Compact(compactTo);
        }

        var log = new RaftLog(storage, new RaftLogger(null), RaftConfig.NoLimit);
        log.Append(UnstableLogTests.Entries((ulong)stable + 1, 1, unstable));
        return log;
    }
}
