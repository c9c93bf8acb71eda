using System.Buffers.Binary;
using System.Text;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Storage.Backend;

public sealed class BackendStoreTests
{
    private const string DbPath = "/db";
    private const long MapBytes = 16 * 1024 * 1024;

    private static readonly BackendOptions ByHand = new() { OwnThread = false, InitialMapBytes = MapBytes };

    [Fact]
    public void A_small_bucket_reads_the_same_pending_and_committed()
    {
        var disk = new MemoryDisk();
        using var backend = BackendStore.Open(disk, DbPath, ByHand);
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var key = $"member{random.Next(40)}";
            if (random.Next(3) == 0)
            {
                backend.Delete(BackendBucket.Members, Encoding.ASCII.GetBytes(key));
                model.Remove(key);
            }
            else
            {
                backend.Put(BackendBucket.Members, Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes($"{i}"));
                model[key] = $"{i}";
            }

            if (random.Next(50) == 0)
            {
                backend.ForceCommit();
            }

            Assert.Equal(model.GetValueOrDefault(key), Text(backend.Get(BackendBucket.Members, Encoding.ASCII.GetBytes(key))));
        }

        Assert.Equal(
            model,
            backend
                .List(BackendBucket.Members)
                .ToDictionary(pair => Text(pair.Key)!, pair => Text(pair.Value)!, StringComparer.Ordinal)
        );
        Assert.Empty(backend.List(BackendBucket.Alarm));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_a_power_loss_the_index_tells_exactly_what_is_in_the_file(int seed)
    {
        const int Entries = 400;
        var random = new Random(seed);
        var disk = new MemoryDisk();
        var images = new List<(MemoryDisk Disk, ulong CommittedBefore)>();
        ulong committed = 0;
        var backend = BackendStore.Open(disk, DbPath, ByHand);
        disk.Intercept = _ =>
        {
            if (random.Next(20) == 0)
            {
                images.Add((disk.AfterPowerLoss((ulong)random.NextInt64()), committed));
            }

            return DiskVerdict.Proceed;
        };
        for (ulong index = 1; index <= Entries; index++)
        {
            Apply(backend, index);
            if (random.Next(10) == 0)
            {
                backend.ForceCommit();
                committed = index;
            }
        }

        disk.Intercept = null;
        backend.Dispose();
        Assert.True(images.Count > 5);
        foreach (var (image, committedBefore) in images)
        {
            using var survivor = BackendStore.Open(image, DbPath, ByHand);
            Assert.True(survivor.ConsistentIndex >= committedBefore, "a commit that was waited for is lost");
            AssertHolds(survivor, survivor.ConsistentIndex);
        }
    }

    [Fact]
    public void A_database_comes_back_with_its_index_and_term()
    {
        var disk = new MemoryDisk();
        using (var backend = BackendStore.Open(disk, DbPath, ByHand))
        {
            Apply(backend, 1);
            Apply(backend, 2);
        }

        using var again = BackendStore.Open(disk, DbPath, ByHand);
        Assert.Equal((2UL, 9UL), (again.ConsistentIndex, again.ConsistentTerm));
        AssertHolds(again, 2);
    }

    [Fact]
    public void Defragmenting_keeps_everything_and_gives_free_pages_back_while_a_reader_reads_on()
    {
        var disk = new MemoryDisk();
        using var backend = BackendStore.Open(disk, DbPath, ByHand);
        for (ulong index = 1; index <= 3000; index++)
        {
            Apply(backend, index, 500);
        }

        backend.ForceCommit();
        var gone = Enumerable.Range(1, 2900).Select(main => new Revision(main, 0)).ToList();
        backend.DeleteKeys(gone, [], 0);
        Apply(backend, 3001);
        backend.ForceCommit();
        var hash = backend.Hash();
        var size = backend.SizeBytes;
        using var reader = backend.BeginRead();

        backend.Defragment();

        Assert.Equal(hash, backend.Hash());
        Assert.True(backend.SizeBytes < size / 4, $"{backend.SizeBytes} of {size} bytes left");
        Apply(backend, 3002);
        backend.ForceCommit();
        Assert.True(reader.TryGetKey(new Revision(3000, 0), out var old));
        Assert.Equal(3000UL, BinaryPrimitives.ReadUInt64LittleEndian(old));
        Assert.Equal(102, Collect(backend).Count);
        Assert.False(disk.FileExists(DbPath + ".tmp.defrag"));
    }

    [Fact]
    public void The_hash_does_not_depend_on_the_index()
    {
        using var backend = BackendStore.Open(new MemoryDisk(), DbPath, ByHand);
        Apply(backend, 1);
        var hash = backend.Hash();
        backend.SetConsistentIndex(77, 10);
        Assert.Equal(hash, backend.Hash());
        backend.Put(BackendBucket.Meta, MetaKeys.ConfState, "{}"u8);
        Assert.NotEqual(hash, backend.Hash());
    }

    [Fact]
    public void A_snapshot_is_a_database_as_of_its_moment()
    {
        using var backend = BackendStore.Open(new MemoryDisk(), DbPath, ByHand);
        for (ulong index = 1; index <= 200; index++)
        {
            Apply(backend, index);
        }

        using var snapshot = backend.Snapshot();
        for (ulong index = 201; index <= 400; index++)
        {
            Apply(backend, index);
            backend.ForceCommit();
        }

        using var bytes = new MemoryStream();
        Assert.Equal(snapshot.SizeBytes, snapshot.WriteTo(bytes));
        var disk = new MemoryDisk();
        disk.WriteAllBytes(DbPath, bytes.ToArray());
        using var copy = BackendStore.Open(disk, DbPath, ByHand);
        Assert.Equal(200UL, copy.ConsistentIndex);
        AssertHolds(copy, 200);
    }

    [Fact]
    public void A_commit_that_fails_stops_the_member()
    {
        var disk = new MemoryDisk();
        Exception? said = null;
        var backend = BackendStore.Open(
            disk,
            DbPath,
            new BackendOptions
            {
                OwnThread = false,
                InitialMapBytes = MapBytes,
                CommitFailed = error => said = error,
            }
        );
        Apply(backend, 1);
        disk.Intercept = operation =>
            operation.Kind == DiskOperationKind.SyncData ? throw new IOException("the disk is gone") : DiskVerdict.Proceed;

        Assert.ThrowsAny<IOException>(backend.ForceCommit);

        Assert.IsAssignableFrom<IOException>(said);
        disk.Intercept = null;
    }

    [Fact]
    public void A_writer_waits_when_the_disk_is_far_behind()
    {
        const int Full = 10;

        // Two operations an entry; a batch of ten full ones makes the writer wait, and another one may be under way.
        const ulong WaitsFrom = Full * 10 / 2;
        const ulong PendingMax = (2 * WaitsFrom) + 1;
        var disk = new MemoryDisk();
        using var goOn = new ManualResetEventSlim();
        using var backend = BackendStore.Open(
            disk,
            DbPath,
            new BackendOptions
            {
                CommitOperations = Full,
                CommitIntervalMs = 1,
                InitialMapBytes = MapBytes,
            }
        );
        var blocked = 0;
        disk.Intercept = operation =>
        {
            if (operation.Kind == DiskOperationKind.SyncData)
            {
                Interlocked.Increment(ref blocked);
                goOn.Wait();
            }

            return DiskVerdict.Proceed;
        };
        ulong applied = 0;
        var writer = new Thread(() =>
        {
            for (ulong index = 1; index <= 1000; index++)
            {
                Apply(backend, index);
                Volatile.Write(ref applied, index);
            }
        });
        writer.Start();
        var waits = SpinWait.SpinUntil(
            () => writer.ThreadState.HasFlag(ThreadState.WaitSleepJoin) && Volatile.Read(ref applied) >= WaitsFrom,
            10_000
        );
        var appliedThen = Volatile.Read(ref applied);
        goOn.Set();
        Assert.True(waits, $"the writer goes on after {appliedThen} entries");
        Assert.InRange(appliedThen, WaitsFrom, PendingMax);
        Assert.True(blocked > 0);
        Assert.True(writer.Join(10_000));
        backend.ForceCommit();
        AssertHolds(backend, 1000);
    }

    [Fact]
    public void Every_view_that_a_reader_can_get_has_every_entry_once()
    {
        using var backend = BackendStore.Open(new MemoryDisk(), DbPath, ByHand);
        ulong applied = 0;
        var views = 0;
        backend.ViewChanged = () =>
        {
            views++;
            AssertHolds(backend, applied);
        };
        for (var commits = 1; commits <= 20; commits++)
        {
            for (var i = 0; i < 7; i++)
            {
                Apply(backend, ++applied);
            }

            if (commits % 5 == 0)
            {
                backend.Defragment();
            }
            else
            {
                backend.ForceCommit();
            }
        }

        // Two changes a commit, at its sealing and at its end, and one a defragmentation.
        Assert.Equal((2 * 20) + 4, views);
    }

    [Fact]
    public void A_reader_sees_every_entry_once_while_batches_move_into_the_file()
    {
        const long Last = 40_000;
        using var folder = new Wal.ScratchFolder();
        using var backend = BackendStore.Open(
            SystemDisk.Instance,
            folder.In("db"),
            new BackendOptions
            {
                NoSync = true,
                CommitIntervalMs = 1,
                CommitOperations = 20,
            }
        );
        long published = 0;
        string? failure = null;
        var rounds = 0;
        var readers = Enumerable.Range(0, 2).Select(seed => new Thread(() => Read(new Random(seed)))).ToArray();
        Array.ForEach(readers, reader => reader.Start());
        for (long index = 1; index <= Last; index++)
        {
            Apply(backend, (ulong)index);
            Volatile.Write(ref published, index);
        }

        Array.ForEach(readers, reader => reader.Join());
        Assert.Null(failure);
        Assert.True(rounds > 20);

        void Read(Random random)
        {
            long newest;
            do
            {
                newest = Volatile.Read(ref published);
                var from = Math.Max(1, newest - 200);
                using var reader = backend.BeginRead();
                var visitor = new Collector(from);
                reader.VisitKeys(new Revision(from, 0), ref visitor);
                if (
                    visitor.Wrong is { } wrong
                    || visitor.Next <= newest && (wrong = $"{visitor.Next} to {newest} are missing") is not null
                )
                {
                    Volatile.Write(ref failure, wrong);
                    return;
                }

                var one = random.NextInt64(from, newest + 1);
                if (newest > 0 && !reader.TryGetKey(new Revision(one, 0), out _))
                {
                    Volatile.Write(ref failure, $"{one} is not found");
                    return;
                }

                Interlocked.Increment(ref rounds);
            } while (newest < Last);
        }
    }

    /// <summary>One log entry: revision = index in the key bucket, and a count in the alarm bucket.</summary>
    private static void Apply(BackendStore backend, ulong index, int size = 16)
    {
        backend.BeginEntry(index, 9);
        var value = backend.ReserveKey(size, out var data, out var start);
        value.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(value, index);
        backend.AddKey(new Revision((long)index, 0), tombstone: false, data, start, size);
        backend.Put(BackendBucket.Alarm, "count"u8, BitConverter.GetBytes(index));
        backend.EndEntry();
    }

    private static void AssertHolds(BackendStore backend, ulong index)
    {
        Assert.Equal(Enumerable.Range(1, (int)index).Select(i => (long)i), Collect(backend));
        Assert.Equal(index == 0 ? null : BitConverter.GetBytes(index), backend.Get(BackendBucket.Alarm, "count"u8));
    }

    private static List<long> Collect(BackendStore backend)
    {
        var all = new Everything([]);
        using var reader = backend.BeginRead();
        reader.VisitKeys(default, ref all);
        return all.Seen;
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.ASCII.GetString(bytes);

    private readonly struct Everything(List<long> seen) : IKeyBucketVisitor
    {
        public List<long> Seen { get; } = seen;

        public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
        {
            Assert.Equal((ulong)revision.Main, BinaryPrimitives.ReadUInt64LittleEndian(value));
            Seen.Add(revision.Main);
            return true;
        }
    }

    private struct Collector(long next) : IKeyBucketVisitor
    {
        public long Next { get; private set; } = next;

        public string? Wrong { get; private set; }

        public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
        {
            if (revision.Main != Next || BinaryPrimitives.ReadUInt64LittleEndian(value) != (ulong)Next)
            {
                Wrong = $"{revision} instead of {Next}";
                return false;
            }

            Next++;
            return true;
        }
    }
}
