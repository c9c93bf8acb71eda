using System.Diagnostics.Metrics;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Wal;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Proto = EtcdSharp.Api;

namespace EtcdSharp.Storage.Snap;

public sealed class SnapshotDirectoryTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly SnapshotDirectory _snapshots;

    public SnapshotDirectoryTests() =>
        _snapshots = new SnapshotDirectory(SystemDisk.Instance, _scratch.Path, NullLogger.Instance);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void FileIsTheGeneratedMessageUnderTermAndIndex()
    {
        var snapshot = Snapshot(term: 3, index: 0x1f);
        _snapshots.Save(snapshot);

        var file = File.ReadAllBytes(_scratch.In("0000000000000003-000000000000001f.snap"));
        var envelope = Proto.Snappb.snapshot.Parser.ParseFrom(file);
        Assert.Equal(envelope.ToByteArray(), file);
        Assert.Equal(Crc32C.Append(0, envelope.Data.Span), envelope.Crc);
        var inner = Proto.Raftpb.Snapshot.Parser.ParseFrom(envelope.Data);
        Assert.Equal((3UL, 0x1fUL), (inner.Metadata.Term, inner.Metadata.Index));
        Assert.Equal([1UL, 2], inner.Metadata.ConfState.Voters);
        Assert.Equal(snapshot, _snapshots.LoadNewest());
        Assert.Single(Directory.GetFiles(_scratch.Path));
    }

    [Theory]
    [InlineData("etcd_snap_fsync_duration_seconds")]
    [InlineData("etcd_debugging_snap_save_total_duration_seconds")]
    [InlineData("etcd_debugging_snap_save_marshalling_duration_seconds")]
    public void SavingIsMeasured(string name)
    {
        var here = Environment.CurrentManagedThreadId;
        var measured = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == name)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>(
            (_, seconds, _, _) => measured += Environment.CurrentManagedThreadId == here && seconds is > 0 and < 60 ? 1 : 0
        );
        listener.Start();
        _snapshots.Save(Snapshot(term: 3, index: 0x1f));
        Assert.Equal(1, measured);
    }

    [Fact]
    public void EmptySnapshotIsNoFile()
    {
        _snapshots.Save(Raft.Snapshot.Empty);

        Assert.Empty(Directory.GetFiles(_scratch.Path));
        Assert.Null(_snapshots.LoadNewest());
    }

    [Fact]
    public void NewestThatTheLogKnowsIsLoaded()
    {
        _snapshots.Save(Snapshot(1, 50));
        _snapshots.Save(Snapshot(2, 40));
        _snapshots.Save(Snapshot(2, 60));

        Assert.Equal(60UL, _snapshots.LoadNewest()!.Metadata.Index);
        Assert.Equal(40UL, _snapshots.LoadNewest([new(0, 0), new(50, 1), new(40, 2), new(60, 1)])!.Metadata.Index);
        Assert.Null(_snapshots.LoadNewest([new(0, 0)]));
    }

    [Fact]
    public void BrokenFilesAreSetAsideAndTheNextOlderIsLoaded()
    {
        _snapshots.Save(Snapshot(1, 10));
        var newer = Snapshot(1, 20);
        var bytes = SnapshotEnvelope.Encode(newer);
        bytes[^1] ^= 1;
        File.WriteAllBytes(_scratch.In("0000000000000001-0000000000000014.snap"), bytes);
        File.WriteAllBytes(_scratch.In("0000000000000001-000000000000001e.snap"), []);

        Assert.Equal(10UL, _snapshots.LoadNewest()!.Metadata.Index);

        Assert.Equal(
            [
                "0000000000000001-000000000000000a.snap",
                "0000000000000001-0000000000000014.snap.broken",
                "0000000000000001-000000000000001e.snap.broken",
            ],
            Directory.GetFiles(_scratch.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void DatabaseAppearsOnlyWhenComplete()
    {
        using (var writer = _snapshots.BeginDatabase(7))
        {
            writer.Write([1, 2, 3]);
            Assert.False(_snapshots.HasDatabase(7));
        }

        Assert.Empty(Directory.GetFiles(_scratch.Path));
        using (var writer = _snapshots.BeginDatabase(7))
        {
            writer.Write([1, 2, 3]);
            writer.Write([4]);
            writer.Complete();
        }

        Assert.Equal([1, 2, 3, 4], File.ReadAllBytes(_scratch.In("0000000000000007.snap.db")));
    }

    [Fact]
    public void DatabaseTakesTheStoresPlaceOnce()
    {
        File.WriteAllBytes(_scratch.In("db"), [9]);
        using (var writer = _snapshots.BeginDatabase(7))
        {
            writer.Write([1]);
            writer.Complete();
        }

        Assert.True(_snapshots.PromoteDatabase(7, _scratch.In("db")));
        Assert.False(_snapshots.PromoteDatabase(7, _scratch.In("db")));
        Assert.Equal([1], File.ReadAllBytes(_scratch.In("db")));
    }

    [Fact]
    public void LeftoversAndOldFilesGo()
    {
        foreach (var name in new[] { "tmp123", "db.tmp.77", "db", "0000000000000005.snap.db", "0000000000000009.snap.db" })
        {
            File.WriteAllBytes(_scratch.In(name), [1]);
        }

        for (ulong index = 1; index <= 7; index++)
        {
            _snapshots.Save(Snapshot(1, index));
        }

        _snapshots.DeleteLeftovers();
        _snapshots.ReleaseDatabases(9);
        Assert.Equal(["0000000000000001-0000000000000001.snap", "0000000000000001-0000000000000002.snap"], _snapshots.Purge(5));

        var left = Directory
            .GetFiles(_scratch.Path)
            .Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.Equal(7, left.Length);
        Assert.Equal("0000000000000001-0000000000000003.snap", left[0]);
        Assert.Equal(["0000000000000009.snap.db", "db"], left[^2..]);
        Assert.Empty(_snapshots.Purge(0));
    }

    private static Snapshot Snapshot(ulong term, ulong index) =>
        new(new byte[] { 1, 2, 3 }, new SnapshotMetadata(new ConfState { Voters = [1, 2] }, index, term));
}
