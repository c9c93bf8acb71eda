using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Tests;

public sealed class StoreTests
{
    [Fact]
    public void A_read_of_one_key_allocates_nothing()
    {
        using var open = new OpenStore();
        open.Put("pending", "v");
        using var result = RangeResult.Rent();
        var query = new RangeQuery { Key = "pending"u8 };
        open.Store.Range(query, result);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            open.Store.Range(query, result);
        }

        // The commit may put the read over from the batch to the file meanwhile, which warms up once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.Equal(1, result.KeyValueCount);
    }

    [Fact]
    public void Leases_are_attached_moved_detached_and_restored()
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-mvcc-").FullName;
        var open = new OpenStore(folder);
        open.Put("a", "1", lease: 7);
        open.Put("b", "1", lease: 7);
        open.Put("c", "1", lease: 7);
        open.Put("a", "2", lease: 8);
        open.Put("b", "2");
        open.Put("d", "1", lease: 9);
        open.Delete("d");
        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["a"] = 8, ["c"] = 7 }, open.Leases.Attached);
        open.Close();

        var again = new OpenStore(folder);
        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["a"] = 8, ["c"] = 7 }, again.Leases.Attached);
        again.Delete("a", "\0");
        Assert.Empty(again.Leases.Attached);
        again.Close();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Events_come_before_the_revision_is_readable()
    {
        var heard = new Heard();
        using var open = new OpenStore(watchers: heard);
        heard.Store = open.Store;
        open.Put("a", "1");
        var write = open.Store.BeginWrite();
        write.Put(new PutCommand { Key = "b"u8, Value = "2"u8 });
        write.DeleteRange("a"u8, []);
        write.End();
        write = open.Store.BeginWrite();
        write.DeleteRange("nothing"u8, []);
        write.End();

        Assert.Equal(["2 put a, readable 1", "3 put b, readable 2", "3 delete a, readable 2"], heard.Notes);
        Assert.Equal(3, open.Store.CurrentRevision);
    }

    [Fact]
    public async Task A_compaction_that_was_interrupted_is_finished_after_the_restart()
    {
        const int Puts = 500;
        var folder = Directory.CreateTempSubdirectory("etcdsharp-mvcc-").FullName;
        var open = new OpenStore(folder, new MvccOptions { CompactionBatchLimit = 10, CompactionPauseMs = 60_000 });
        for (var i = 0; i < Puts; i++)
        {
            open.Put("k", $"{i}");
        }

        Assert.Equal(MvccStatus.Ok, open.Store.Compact(Puts, out var physical));
        open.Backend.ForceCommit();
        open.Close();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => physical);

        var again = new OpenStore(folder);
        Assert.Equal(Puts, again.Store.CompactedRevision);
        Assert.Equal(Puts + 1, again.Store.CurrentRevision);
        Assert.Equal(MvccStatus.Compacted, again.Store.Compact(Puts, out physical));
        await physical.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([$"{Puts - 1}"], again.Range("k").Select(kv => kv.Value.ToStringUtf8()));
        Assert.Equal([$"{Puts - 2}"], again.Range("k", revision: Puts).Select(kv => kv.Value.ToStringUtf8()));
        Assert.Equal(2, CountEntries(again.Backend));
        Assert.Empty(again.Store.CompactionHashes);
        again.Close();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_revision_does_not_go_back_when_compaction_took_the_newest_change()
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-mvcc-").FullName;
        var open = new OpenStore(folder);
        open.Put("k", "1");
        open.Delete("k");
        open.Put("l", "1");
        open.Delete("l");
        Assert.Equal(MvccStatus.Ok, open.Store.Compact(5, out var physical));
        await physical.WaitAsync(TimeSpan.FromSeconds(10));
        open.Close();
        var again = new OpenStore(folder);
        Assert.Equal(5, again.Store.CurrentRevision);
        Assert.Equal(5, again.Store.CompactedRevision);
        again.Close();
        Directory.Delete(folder, recursive: true);
    }

    private static int CountEntries(BackendStore backend)
    {
        var counter = new Counter();
        using var reader = backend.BeginRead();
        reader.VisitKeys(default, ref counter);
        return counter.Count;
    }

    private struct Counter : IKeyBucketVisitor
    {
        public int Count;

        public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
        {
            Count++;
            return true;
        }
    }

    private sealed class Heard : IWatchNotifier
    {
        public MvccStore? Store { get; set; }

        public List<string> Notes { get; } = [];

        public void Notify(MvccEvents events)
        {
            for (var i = 0; i < events.Count; i++)
            {
                var kind = events[i].IsDelete ? "delete" : "put";
                Notes.Add(
                    $"{events[i].ModRevision} {kind} {System.Text.Encoding.UTF8.GetString(events[i].Key)}, readable {Store!.CurrentRevision}"
                );
            }
        }
    }
}
