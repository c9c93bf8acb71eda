using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Backend.Migration;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Fuzz;

/// <summary>
/// Files of real etcd, damaged at random: every decoder ends with a result or an error that names file and place, soon
/// and with little memory. <c>ETCDSHARP_FUZZ_SECONDS</c> sets how long each runs.
/// </summary>
[Collection(nameof(StartsProcesses))]
public sealed class RealFileFuzzTests(RealFiles files, ITestOutputHelper output) : IClassFixture<RealFiles>
{
    private const double DefaultSeconds = 1.5;
    private const string Folder = "/fuzz";

    /// <summary>Reading the sound files takes a few milliseconds; with a busy machine a thousand times as long.</summary>
    private static readonly TimeSpan s_caseMax = TimeSpan.FromSeconds(10);

    /// <summary>The largest of the files is under 1 MB; a length that is believed without being checked asks for gigabytes.</summary>
    private const long CaseBytesMax = 256L * 1024 * 1024;

    [Fact]
    public void The_log() => Fuzz(ReadLog);

    [Fact]
    public void The_log_as_a_member_opens_it() => Fuzz(OpenLog);

    [Fact]
    public void The_snapshot_file() =>
        Fuzz(random => SnapshotEnvelope.TryDecode(Damage.To(files.Snapshot, random), out _) is null);

    [Fact]
    public void The_old_store_within_the_snapshot() =>
        Fuzz(random =>
        {
            Assert.Null(SnapshotEnvelope.TryDecode(files.Snapshot, out var snapshot));
            var membership = V2StoreDocument.TryRead(Damage.To(snapshot.Data.ToArray(), random), out var problem);
            Assert.Equal(membership is null, problem is not null);
            return membership is not null;
        });

    [Fact]
    public void The_store() => Fuzz(ReadStore);

    [Fact]
    public void The_store_as_a_member_opens_it() => Fuzz(OpenStore);

    [Fact]
    public void The_messages_within_records() =>
        Fuzz(random => DecodeAll(Damage.To(files.Records[random.Next(files.Records.Count)], random)));

    private void Fuzz(Func<SeededRandom, bool> accepts)
    {
        Assert.SkipUnless(files.AreThere, Harness.Programs.HowToGetRealEtcd);
        var wanted = Environment.GetEnvironmentVariable("ETCDSHARP_FUZZ_SECONDS");
        var seconds = wanted is null ? DefaultSeconds : double.Parse(wanted, CultureInfo.InvariantCulture);
        var (accepted, refused) = (0L, 0L);
        var started = Stopwatch.GetTimestamp();
        for (ulong seed = 1; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; seed++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            bool isAccepted;
            try
            {
                isAccepted = accepts(new SeededRandom(seed));
            }
            catch (Exception unexpected)
            {
                throw new InvalidOperationException($"seed {seed}", unexpected);
            }

            var took = Stopwatch.GetElapsedTime(began);
            Assert.True(took < s_caseMax, $"seed {seed} took {took}");
            var allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
            Assert.True(allocated < CaseBytesMax, $"seed {seed} allocated {allocated} bytes");
            (accepted, refused) = isAccepted ? (accepted + 1, refused) : (accepted, refused + 1);
        }

        output.WriteLine($"{accepted + refused} damaged in {seconds} s: {refused} refused, {accepted} read");
        Assert.True(accepted > 0 && refused > 0, $"{accepted} accepted, {refused} refused: the damage is not what it should be");
    }

    private bool ReadLog(SeededRandom random) =>
        IsReadable(
            random,
            disk =>
            {
                foreach (var mark in WalReading.ValidSnapshots(disk, Folder).TakeLast(1))
                {
                    LogRelease.OldestReader(WalReading.ReadAll(disk, Folder, mark).Entries);
                }
            }
        );

    private bool OpenLog(SeededRandom random) =>
        IsReadable(
            random,
            disk =>
            {
                var options = new WalOptions
                {
                    Clock = SystemClock.Instance,
                    SegmentBytes = 64 << 10,
                    PrepareSegmentsAhead = false,
                };
                var marks = WalReading.ValidSnapshots(disk, Folder);
                var opened = WriteAheadLog.Open(disk, Folder, marks.Count == 0 ? default : marks[^1], options);
                using var log = opened.Log;
                var last = opened.Contents.LastIndex;
                log.Save(
                    opened.Contents.State with
                    {
                        Commit = last + 1,
                    },
                    [new Entry(EntryType.Normal, 1000, last + 1, new byte[10])]
                );
            }
        );

    /// <summary>One segment is damaged, the others are as etcd left them.</summary>
    private bool IsReadable(SeededRandom random, Action<MemoryDisk> read)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(Folder);
        var victim = random.Next(files.Log.Count);
        for (var i = 0; i < files.Log.Count; i++)
        {
            var (name, content) = files.Log[i];
            disk.WriteAllBytes($"{Folder}/{name}", i == victim ? Damage.To(content, random) : content);
        }

        try
        {
            read(disk);
            return true;
        }
        catch (WalException refusal)
        {
            Assert.StartsWith(Folder, refusal.Path, StringComparison.Ordinal);
            return false;
        }
        catch (InvalidDataException entry)
        {
            // The record is sound by its checksum and holds no request; only a damaged length can bring that about.
            Assert.StartsWith("entry ", entry.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private bool ReadStore(SeededRandom random)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(Folder);
        disk.WriteAllBytes(Folder + "/db", Damage.To(files.Store, random));
        try
        {
            using var file = BoltFile.Open(disk, Folder + "/db", new BoltOptions { ReadOnly = true, InitialMapBytes = 0 });
            var isSound = file.Check().Count == 0;
            using var read = file.BeginRead();
            var buckets = read.Cursor();
            for (var found = buckets.SeekFirst(); found; found = buckets.Next())
            {
                WalkBoth(read.Bucket(buckets.Key)?.Cursor());
            }

            _ = read.Stats();
            read.WriteTo(Stream.Null);
            return isSound;
        }
        catch (BoltCorruptionException damage)
        {
            Assert.Equal(Folder + "/db", damage.FilePath);
            return false;
        }
    }

    private static void WalkBoth(BoltCursor? cursor)
    {
        if (cursor is null)
        {
            return;
        }

        var length = 0L;
        for (var found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            length += cursor.Value.Length;
        }

        for (var found = cursor.SeekLast(); found; found = cursor.Previous())
        {
            length -= cursor.Value.Length;
        }
    }

    private bool OpenStore(SeededRandom random)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(Folder);
        disk.WriteAllBytes(Folder + "/db", Damage.To(files.Store, random));
        try
        {
            using var store = BackendStore.Open(
                disk,
                Folder + "/db",
                new BackendOptions
                {
                    OwnThread = false,
                    InitialMapBytes = 0,
                    CommitFailed = static _ => { },
                }
            );
            for (var bucket = BackendBucket.Meta; (int)bucket < BucketNames.Count; bucket++)
            {
                store.Put(bucket, "fuzz"u8, "value"u8);
                _ = store.List(bucket).Count;
            }

            store.Hash();
            store.Defragment();
            return true;
        }
        catch (IOException damage)
        {
            // A commit that failed lets the file take no more, and to close it says so once more.
            Assert.Contains(Folder + "/db", damage.Message, StringComparison.Ordinal);
            return false;
        }
        catch (InvalidOperationException misuse) when (misuse.Message == "the key names a bucket")
        {
            // Damage has made a bucket of a value.
            return false;
        }
    }

    private static bool DecodeAll(byte[] record)
    {
        var entryIsRead = RaftWire.TryDecode(record, out Entry entry);
        RaftWire.TryDecode(record, out ConfState _);
        RaftWire.TryDecode(record, out SnapshotMetadata _);
        RaftWire.TryDecode(record, out Snapshot _);
        RaftWire.TryDecode(record, out Message? _);
        RaftWire.TryDecode(record, out ConfChange? _);
        RaftWire.TryDecode(record, out ConfChangeV2? _);
        RaftWire.TryDecode(record, out HardState _);
        WalSnapshotMark.TryDecode(record, out _);
        if (entryIsRead)
        {
            LegacyRequest.TryFindInEntry(entry.Data.Span, out _, out _);
            RaftWire.TryDecode(entry.Data, out ConfChange? _);
        }

        return entryIsRead;
    }
}
