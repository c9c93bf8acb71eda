using System.Buffers.Binary;
using System.Diagnostics;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Storage.Backend;

/// <summary>Defragmentation beside writers, readers and power losses.</summary>
public sealed class DefragmentTests
{
    private const string DbPath = "/db";
    private const string CopyPath = "/db.tmp.defrag";

    /// <summary>More than the batch takes before the writer has to wait for a commit.</summary>
    private const int ManyEntries = 150_000;

    private const ulong WrittenBesideMin = 1_000;
    private const ulong WrittenBesideMax = 60_000;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static readonly BackendOptions s_options = new() { OwnThread = false, InitialMapBytes = 64 * 1024 * 1024 };

    [Fact]
    public async Task While_the_copy_stands_still_writes_and_commits_and_compactions_go_on()
    {
        var disk = new MemoryDisk();
        using var backend = BackendStore.Open(disk, DbPath, s_options);
        Apply(backend, 1, 3_000);
        backend.ForceCommit();
        using var copying = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        disk.Intercept = operation =>
        {
            if (operation.Path == CopyPath && operation.Kind == DiskOperationKind.Write && !copying.IsSet)
            {
                copying.Set();
                Assert.True(goOn.Wait(s_limit), "nobody let the copy go on");
            }

            return DiskVerdict.Proceed;
        };
        var defragmenting = Task.Run(backend.Defragment, TestContext.Current.CancellationToken);
        Assert.True(copying.Wait(s_limit, TestContext.Current.CancellationToken));
        try
        {
            await Task.Run(
                    () =>
                    {
                        Apply(backend, 3_001, ManyEntries);
                        backend.ForceCommit();
                        backend.DeleteKeys([.. Enumerable.Range(1, 2_500).Select(main => new Revision(main, 0))], [], 2_500);
                        backend.Put(BackendBucket.Alarm, "alarm"u8, "on"u8);
                        Apply(backend, 3_001 + ManyEntries, 10);
                    },
                    TestContext.Current.CancellationToken
                )
                .WaitAsync(s_limit, TestContext.Current.CancellationToken);
            Assert.False(defragmenting.IsCompleted);
        }
        finally
        {
            goOn.Set();
        }

        await defragmenting.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        AssertHolds(backend, 2_501, 3_010 + ManyEntries);
        Assert.Equal("on"u8.ToArray(), backend.Get(BackendBucket.Alarm, "alarm"u8));
        Assert.Equal(3_010UL + ManyEntries, backend.ConsistentIndex);
        Assert.False(disk.FileExists(CopyPath));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_was_changed_meanwhile_is_in_the_new_file(int seed)
    {
        var disk = new MemoryDisk();
        using var backend = BackendStore.Open(disk, DbPath, s_options);
        var random = new Random(seed);
        ulong last = 0;
        var first = 1;
        var leases = new SortedDictionary<byte, byte>();
        Change();
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            // Bounded, because on a disk in memory a writer that does nothing else always outruns the copy.
            while (!stop.IsCancellationRequested && last < WrittenBesideMax)
            {
                Change();
            }
        });
        writer.Start();
        // On a loaded machine the copies may be done before the writer has had its turn: they go on until it has.
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < 12 || Volatile.Read(ref last) <= WrittenBesideMin; round++)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_limit, $"only {last} entries were written beside");
            backend.Defragment();
        }

        stop.Cancel();
        writer.Join();
        backend.Dispose();

        using var file = Bolt.BoltFile.Open(disk, DbPath, new Bolt.BoltOptions());
        Assert.Empty(file.Check());
        file.Dispose();
        using var again = BackendStore.Open(disk, DbPath, s_options);
        AssertHolds(again, first, (int)last);
        Assert.Equal(leases, again.List(BackendBucket.Lease).ToDictionary(pair => pair.Key[0], pair => pair.Value[0]));
        void Change()
        {
            var count = random.Next(1, 400);
            Apply(backend, (int)last + 1, count);
            last += (ulong)count;
            for (var i = random.Next(5); i > 0; i--)
            {
                var (key, value) = ((byte)random.Next(200), (byte)random.Next(256));
                if (random.Next(3) == 0)
                {
                    backend.Delete(BackendBucket.Lease, [key]);
                    leases.Remove(key);
                }
                else
                {
                    backend.Put(BackendBucket.Lease, [key], [value]);
                    leases[key] = value;
                }
            }

            if (random.Next(4) == 0 && (int)last - first > 600)
            {
                var until = first + random.Next(1, 500);
                backend.DeleteKeys([.. Enumerable.Range(first, until - first).Select(main => new Revision(main, 0))], [], 0);
                first = until;
            }
            else if (random.Next(3) == 0)
            {
                backend.ForceCommit();
            }
        }
    }

    [Fact]
    public void A_power_loss_at_any_step_finds_everything_that_was_committed()
    {
        var disk = new MemoryDisk();
        var backend = BackendStore.Open(disk, DbPath, s_options);
        ulong committed = 0;
        var random = new SeededRandom(5);
        var images = new List<(MemoryDisk Disk, ulong CommittedBefore)>();
        var gate = new Lock();
        disk.Intercept = operation =>
        {
            // A part of the many steps of copying; all of the few around the swap, which have other kinds.
            var isTaken = operation.Kind is not (DiskOperationKind.Write or DiskOperationKind.SyncData) || random.Next(6) == 0;
            if (isTaken && operation.Kind != DiskOperationKind.Read)
            {
                lock (gate)
                {
                    // What is committed while the image is taken may or may not be in it.
                    var before = Volatile.Read(ref committed);
                    images.Add((disk.AfterPowerLoss(random.NextUInt64()), before));
                }
            }

            return DiskVerdict.Proceed;
        };
        for (var round = 0; round < 15; round++)
        {
            Apply(backend, (int)backend.ConsistentIndex + 1, 300);
            backend.ForceCommit();
            Volatile.Write(ref committed, backend.ConsistentIndex);
            backend.Defragment();
        }

        disk.Intercept = null;
        backend.Dispose();
        Assert.True(images.Count > 100, $"{images.Count} images");
        foreach (var (image, committedBefore) in images)
        {
            using var survivor = BackendStore.Open(image, DbPath, s_options);
            Assert.True(survivor.ConsistentIndex >= committedBefore, "a commit that was waited for is lost");
            AssertHolds(survivor, 1, (int)survivor.ConsistentIndex);
        }
    }

    [Fact]
    public void A_copy_that_does_not_fit_on_the_disk_is_given_up_and_the_store_goes_on()
    {
        var disk = new MemoryDisk();
        using var backend = BackendStore.Open(disk, DbPath, s_options);
        Apply(backend, 1, 20_000);
        backend.ForceCommit();
        disk.CapacityBytes = disk.UsedBytes + (256 * 1024);

        Assert.ThrowsAny<IOException>(backend.Defragment);

        Assert.False(disk.FileExists(CopyPath));
        disk.CapacityBytes = long.MaxValue;
        Apply(backend, 20_001, 10);
        backend.ForceCommit();
        AssertHolds(backend, 1, 20_010);
        backend.Defragment();
        AssertHolds(backend, 1, 20_010);
    }

    [Fact]
    public async Task A_store_that_is_closed_does_not_wait_for_the_whole_copy()
    {
        var disk = new MemoryDisk();
        var backend = BackendStore.Open(disk, DbPath, s_options);
        Apply(backend, 1, 60_000);
        backend.ForceCommit();
        using var copying = new ManualResetEventSlim();
        disk.Intercept = operation =>
        {
            if (operation.Path == CopyPath)
            {
                copying.Set();
            }

            return DiskVerdict.Proceed;
        };
        var defragmenting = Task.Run(backend.Defragment, TestContext.Current.CancellationToken);
        Assert.True(copying.Wait(s_limit, TestContext.Current.CancellationToken));
        backend.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => defragmenting);
        Assert.False(disk.FileExists(CopyPath));
        using var again = BackendStore.Open(disk, DbPath, s_options);
        AssertHolds(again, 1, 60_000);
    }

    /// <summary>Entries whose revision and value are their index.</summary>
    private static void Apply(BackendStore backend, int first, int count)
    {
        for (var index = first; index < first + count; index++)
        {
            backend.BeginEntry((ulong)index, 9);
            var value = backend.ReserveKey(16, out var data, out var start);
            value.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(value, index);
            backend.AddKey(new Revision(index, 0), tombstone: false, data, start, 16);
            backend.EndEntry();
        }
    }

    private static void AssertHolds(BackendStore backend, int first, int last)
    {
        var visitor = new Counting(first);
        using var reader = backend.BeginRead();
        reader.VisitKeys(new Revision(1, 0), ref visitor);
        Assert.Equal(last + 1, visitor.Next);
    }

    private struct Counting(int first) : IKeyBucketVisitor
    {
        public int Next { get; private set; } = first;

        public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
        {
            Assert.Equal((Next, Next), ((int)revision.Main, BinaryPrimitives.ReadInt32LittleEndian(value)));
            Next++;
            return true;
        }
    }
}
