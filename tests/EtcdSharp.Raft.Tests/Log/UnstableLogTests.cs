using EtcdSharp.Raft.Log;
using EtcdSharp.Raft.Logging;

namespace EtcdSharp.Raft.Tests.Log;

public sealed class UnstableLogTests
{
    [Fact]
    public void Windows_stay_as_they_were_when_the_log_is_truncated()
    {
        var log = NewLog(Entries(5, 1, 4));
        var window = log.Slice(5, 9);
        log.TruncateAndAppend(Entries(7, 2, 3));
        Assert.Equal(Entries(5, 1, 4), window.ToArray());
        Assert.Equal([.. Entries(5, 1, 2), .. Entries(7, 2, 3)], log.Slice(5, 10).ToArray());
    }

    [Fact]
    public void Windows_stay_as_they_were_when_all_is_replaced()
    {
        var log = NewLog(Entries(5, 1, 4));
        var window = log.Slice(5, 9);
        log.TruncateAndAppend(Entries(4, 2, 2));
        Assert.Equal(4UL, log.Offset);
        Assert.Equal(Entries(5, 1, 4), window.ToArray());
        Assert.Equal(Entries(4, 2, 2), log.Slice(4, 6).ToArray());
    }

    [Fact]
    public void Windows_stay_as_they_were_when_entries_become_stable_and_more_are_appended()
    {
        var log = NewLog(Entries(5, 1, 4));
        var window = log.Slice(5, 9);
        log.AcceptInProgress();
        log.StableTo(new EntryId(1, 8));
        for (ulong index = 9; index < 3000; index++)
        {
            log.AppendNext(new Entry(EntryType.Normal, 3, index, default));
            if (index % 7 == 0)
            {
                log.AcceptInProgress();
                log.StableTo(new EntryId(3, index));
            }
        }

        Assert.Equal(Entries(5, 1, 4), window.ToArray());
        Assert.Equal(Entries(2997, 3, 3), log.Slice(2997, 3000).ToArray());
    }

    [Fact]
    public void An_acknowledgement_of_a_replaced_entry_is_ignored()
    {
        var log = NewLog(Entries(5, 1, 4));
        log.AcceptInProgress();
        log.TruncateAndAppend(Entries(7, 2, 1));
        log.StableTo(new EntryId(1, 8));
        log.StableTo(new EntryId(1, 7));
        Assert.Equal(5UL, log.Offset);
        log.StableTo(new EntryId(1, 6));
        Assert.Equal(7UL, log.Offset);
        Assert.Equal(1, log.NextEntries.Length);
    }

    [Fact]
    public void Truncation_takes_entries_out_of_progress()
    {
        var log = NewLog(Entries(5, 1, 4));
        log.AcceptInProgress();
        Assert.True(log.NextEntries.IsEmpty);
        log.TruncateAndAppend(Entries(6, 2, 2));
        Assert.Equal(Entries(6, 2, 2), log.NextEntries.ToArray());
    }

    [Fact]
    public void A_snapshot_is_the_last_index_when_no_entry_follows()
    {
        var log = NewLog(Entries(5, 1, 4));
        log.Restore(new Snapshot(default, new SnapshotMetadata(ConfState.Empty, 20, 3)));
        Assert.True(log.TryGetLastIndex(out var last));
        Assert.Equal(20UL, last);
        Assert.True(log.TryGetTerm(20, out var term));
        Assert.Equal(3UL, term);
        Assert.False(log.TryGetTerm(21, out _));
        log.AcceptInProgress();
        Assert.Null(log.NextSnapshot);
        log.StableSnapshotTo(19);
        Assert.NotNull(log.Snapshot);
        log.StableSnapshotTo(20);
        Assert.Null(log.Snapshot);
    }

    internal static Entry[] Entries(ulong first, ulong term, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Entry(EntryType.Normal, term, first + (ulong)i, default))];

    private static UnstableLog NewLog(Entry[] entries)
    {
        var log = new UnstableLog(entries[0].Index, new RaftLogger(null));
        log.TruncateAndAppend(entries);
        return log;
    }
}
