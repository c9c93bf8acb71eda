using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Wal;

public sealed class WriteAheadLogTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Folder => _scratch.In("member", "wal");

    public WriteAheadLogTests() => Directory.CreateDirectory(_scratch.In("member"));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void WhatWasSavedIsReadBack()
    {
        var entries = TestLog.Entries(1, 20);
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 7, 0), entries.AsSpan(0, 10));
            log.Save(new HardState(1, 7, 9), entries.AsSpan(10));
        }

        var opened = TestLog.Open(Folder);
        using (opened.Log)
        {
            Assert.Equal(TestLog.Metadata, opened.Contents.Metadata);
            Assert.Equal(new HardState(1, 7, 9), opened.Contents.State);
            Assert.Equal(entries, opened.Contents.Entries);
            Assert.Equal(20UL, opened.Log.LastIndex);
            Assert.False(opened.Contents.TornTail);
        }
    }

    [Fact]
    public void ReopenedLogContinuesTheChain()
    {
        TestLog.Create(Folder).Dispose();
        for (ulong round = 0; round < 5; round++)
        {
            var opened = TestLog.Open(Folder);
            Assert.Equal((int)round * 3, opened.Contents.Entries.Count);
            opened.Log.Save(new HardState(1, 1, round), TestLog.Entries(round * 3 + 1, 3));
            opened.Log.Dispose();
        }

        Assert.Equal(15, WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning).Entries.Count);
    }

    [Fact]
    public void FullSegmentIsCutAndTheNextNamedAfterTheEntryThatFollows()
    {
        var entries = TestLog.Entries(1, 500);
        using (var log = TestLog.Create(Folder))
        {
            foreach (var chunk in entries.Chunk(10))
            {
                log.Save(new HardState(1, 1, chunk[0].Index - 1), chunk);
            }
        }

        var segments = TestLog.Segments(Folder);
        Assert.True(segments.Length >= 4, $"{segments.Length} segments");
        for (var i = 0; i < segments.Length; i++)
        {
            Assert.True(WalSegmentName.TryParse(Path.GetFileName(segments[i]), out var name));
            Assert.Equal((ulong)i, name.Sequence);
            if (i > 0)
            {
                Assert.Equal(1UL, name.FirstIndex % 10);
            }
        }

        Assert.Empty(Directory.GetFiles(Folder, "*.tmp"));
        var opened = TestLog.Open(Folder);
        using (opened.Log)
        {
            Assert.Equal(entries, opened.Contents.Entries);
            Assert.Equal(new HardState(1, 1, 490), opened.Contents.State);
        }
    }

    [Fact]
    public void BatchLargerThanASegmentIsOneSegment()
    {
        var entries = TestLog.Entries(1, 3, dataBytes: (int)TestLog.SmallSegmentBytes);
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 0), entries);
            log.Save(new HardState(1, 1, 3), TestLog.Entries(4, 1));
        }

        Assert.Equal(2, TestLog.Segments(Folder).Length);
        Assert.Equal(4, WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning).Entries.Count);
    }

    [Fact]
    public void EntriesOfALaterLeaderReplaceThoseFromTheirIndexOn()
    {
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 0), TestLog.Entries(1, 10));
            log.Save(new HardState(2, 1, 3), TestLog.Entries(5, 2, term: 2));
        }

        var contents = WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning);

        Assert.Equal([.. TestLog.Entries(1, 4), .. TestLog.Entries(5, 2, term: 2)], contents.Entries);
        Assert.Equal(6UL, contents.LastIndex);
    }

    [Fact]
    public void OpenedAtASnapshotTheLogHoldsTheEntriesBehindIt()
    {
        var mark = new WalSnapshotMark(30, 1, new ConfState { Voters = [1] });
        using (var log = TestLog.Create(Folder))
        {
            foreach (var chunk in TestLog.Entries(1, 300).Chunk(10))
            {
                log.Save(new HardState(1, 1, chunk[^1].Index), chunk);
            }

            log.SaveSnapshot(mark);
            log.Save(default, TestLog.Entries(301, 5));
        }

        var opened = TestLog.Open(Folder, mark);
        using (opened.Log)
        {
            Assert.Equal(31UL, opened.Contents.Entries[0].Index);
            Assert.Equal(275, opened.Contents.Entries.Count);
        }

        Assert.Equal([TestLog.Beginning, mark], WalReading.ValidSnapshots(SystemDisk.Instance, Folder));
    }

    [Fact]
    public void SnapshotAboveTheCommitIndexIsNoPlaceToStartFrom()
    {
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 5), TestLog.Entries(1, 10));
            log.SaveSnapshot(new WalSnapshotMark(8, 1, ConfState.Empty));
        }

        Assert.Equal([TestLog.Beginning], WalReading.ValidSnapshots(SystemDisk.Instance, Folder));
    }

    [Fact]
    public void SnapshotThatWasNotInstalledIsNoPlaceToStartFromOnceTheLogHasPassedItInALaterSegment()
    {
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 10), TestLog.Entries(1, 10));

            // Received, and the member died before it had stored what goes with it; then it got the entries after all.
            log.SaveSnapshot(new WalSnapshotMark(290, 1, ConfState.Empty));
            foreach (var chunk in TestLog.Entries(11, 300).Chunk(10))
            {
                log.Save(new HardState(1, 1, chunk[^1].Index), chunk);
            }
        }

        Assert.True(TestLog.Segments(Folder).Length > 2);
        Assert.Equal([TestLog.Beginning], WalReading.ValidSnapshots(SystemDisk.Instance, Folder));
        Assert.Equal(310, WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning).Entries.Count);
    }

    /// <summary>A tail that nobody committed, a snapshot of the next leader in its place, and a power loss before the next entry.</summary>
    [Fact]
    public void EntriesThatAReceivedSnapshotDidAwayWithAreGone()
    {
        var received = new WalSnapshotMark(12, 2, ConfState.Empty);
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 10), TestLog.Entries(1, 10));
            log.Save(new HardState(1, 1, 10), TestLog.Entries(11, 10));
            log.SaveSnapshot(received);
            log.Save(new HardState(2, 2, 12), []);
        }

        Assert.Empty(WalReading.ReadAll(SystemDisk.Instance, Folder, received).Entries);
    }

    [Fact]
    public void EntriesThatAReceivedSnapshotDidAwayWithAreGoneForLaterSnapshotsToo()
    {
        var own = new WalSnapshotMark(14, 2, ConfState.Empty);
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 10), TestLog.Entries(1, 20));
            log.SaveSnapshot(new WalSnapshotMark(12, 2, ConfState.Empty));
            log.Save(new HardState(2, 2, 14), [.. TestLog.Entries(13, 2).Select(static entry => entry with { Term = 2 })]);
            log.SaveSnapshot(own);
        }

        Assert.Empty(WalReading.ReadAll(SystemDisk.Instance, Folder, own).Entries);
    }

    [Fact]
    public void EntriesBehindAnOwnSnapshotStay()
    {
        var own = new WalSnapshotMark(12, 1, ConfState.Empty);
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 10), TestLog.Entries(1, 20));
            log.SaveSnapshot(own);
        }

        var entries = WalReading.ReadAll(SystemDisk.Instance, Folder, own).Entries;
        Assert.Equal(Enumerable.Range(13, 8).Select(static index => (ulong)index), entries.Select(static entry => entry.Index));
    }

    [Fact]
    public void UnknownSnapshotAndWrongTermAreRefused()
    {
        using (var log = TestLog.Create(Folder))
        {
            log.Save(new HardState(1, 1, 5), TestLog.Entries(1, 10));
            log.SaveSnapshot(new WalSnapshotMark(5, 1, ConfState.Empty));
        }

        Assert.Equal(WalFault.SnapshotNotFound, Refused(new WalSnapshotMark(4, 1)).Fault);
        Assert.Equal(WalFault.SnapshotMismatch, Refused(new WalSnapshotMark(5, 2)).Fault);
    }

    [Fact]
    public void LogHeldForWritingIsRefusedAndCanStillBeReadByTools()
    {
        using var log = TestLog.Create(Folder);
        log.Save(new HardState(1, 1, 0), TestLog.Entries(1, 3));

        var refusal = Refused(TestLog.Beginning);

        Assert.Equal(WalFault.Locked, refusal.Fault);
        Assert.Contains("another process", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning).Entries.Count);
    }

    [Fact]
    public void LogCutWhileOpenIsStillLocked()
    {
        using var log = TestLog.Create(Folder);
        log.Save(new HardState(1, 1, 0), TestLog.Entries(1, 200));
        log.Save(new HardState(1, 1, 0), TestLog.Entries(201, 1));
        Assert.Equal(2, TestLog.Segments(Folder).Length);
        log.ReleaseLockTo(1000);

        Assert.Equal(WalFault.Locked, Refused(TestLog.Beginning).Fault);
    }

    [Fact]
    public void CreatingOverALogIsRefused()
    {
        TestLog.Create(Folder).Dispose();

        Assert.Equal(WalFault.AlreadyExists, Assert.Throws<WalException>(() => TestLog.Create(Folder)).Fault);
    }

    [Fact]
    public void LeftoversOfAnInterruptedCreationAndPreparationAreNoObstacle()
    {
        Directory.CreateDirectory(Folder + ".tmp");
        File.WriteAllText(Path.Combine(Folder + ".tmp", "0000000000000000-0000000000000000.wal"), "half");
        TestLog.Create(Folder).Dispose();
        File.WriteAllText(Path.Combine(Folder, "0.tmp"), "not zeros");
        File.WriteAllText(Path.Combine(Folder, "1.tmp"), "not zeros");

        var opened = TestLog.Open(Folder);
        using (var log = opened.Log)
        {
            log.Save(new HardState(1, 1, 0), TestLog.Entries(1, 200));
            log.Save(new HardState(1, 1, 0), TestLog.Entries(201, 200));
            log.Save(new HardState(1, 1, 0), TestLog.Entries(401, 1));
        }

        Assert.Equal(401, WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning).Entries.Count);
    }

    [Fact]
    public void PurgeKeepsWhatIsHeldAndTheNumberAskedFor()
    {
        using var log = TestLog.Create(Folder);
        for (ulong first = 1; first <= 1001; first += 200)
        {
            log.Save(new HardState(1, 1, first), TestLog.Entries(first, 200));
        }

        Assert.Empty(WalDirectory.Purge(SystemDisk.Instance, Folder, 2));
        log.ReleaseLockTo(601);
        var purged = WalDirectory.Purge(SystemDisk.Instance, Folder, 2);

        Assert.Equal(2, purged.Count);
        Assert.StartsWith("0000000000000000-", purged[0], StringComparison.Ordinal);
        log.SaveSnapshot(new WalSnapshotMark(601, 1, ConfState.Empty));
        log.Dispose();
        Assert.Equal(WalFault.PositionNotCovered, Refused(TestLog.Beginning).Fault);
        var opened = TestLog.Open(Folder, new WalSnapshotMark(601, 1));
        using (opened.Log)
        {
            Assert.Equal(602UL, opened.Contents.Entries[0].Index);
        }
    }

    [Fact]
    public void MissingSegmentIsNamed()
    {
        using (var log = TestLog.Create(Folder))
        {
            for (ulong first = 1; first <= 601; first += 200)
            {
                log.Save(new HardState(1, 1, first), TestLog.Entries(first, 200));
            }
        }

        File.Delete(TestLog.Segments(Folder)[1]);

        var refusal = Refused(TestLog.Beginning);
        Assert.Equal(WalFault.SequenceGap, refusal.Fault);
        Assert.Contains("0000000000000000-", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CommitIndexAloneIsNotSyncedAndTravelsWithTheNextBatch()
    {
        using var log = TestLog.Create(Folder);
        log.Save(new HardState(1, 1, 0), TestLog.Entries(1, 3));
        log.Append(new HardState(1, 1, 2), []);

        Assert.False(log.Flush());
        Assert.Equal(0UL, WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning).State.Commit);
        log.Append(default, TestLog.Entries(4, 1));
        Assert.True(log.Flush());
        Assert.Equal(2UL, WalReading.ReadAll(SystemDisk.Instance, Folder, TestLog.Beginning).State.Commit);
        log.Append(new HardState(2, 1, 2), []);
        Assert.True(log.Flush());
        log.Append(new HardState(2, 0, 2), []);
        Assert.True(log.Flush());
    }

    [Fact]
    public void SteadyStateAllocatesNothing()
    {
        using var log = TestLog.Create(Folder, segmentBytes: WalOptions.SegmentBytesDefault);
        var batch = TestLog.Entries(1, 100, dataBytes: 300);
        for (var warm = 0; warm < 50; warm++)
        {
            log.Save(new HardState(1, 1, 1), batch);
        }

        // The runtime itself allocates a little now and then (tiering); a log that allocates does so in every window.
        var leastBytes = long.MaxValue;
        for (var window = 0; window < 5; window++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 20; round++)
            {
                log.Save(new HardState(1, 1, (ulong)round), batch);
            }

            leastBytes = Math.Min(leastBytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, leastBytes);
    }

    private WalException Refused(WalSnapshotMark start) => Assert.Throws<WalException>(() => TestLog.Open(Folder, start));
}
