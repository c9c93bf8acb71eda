using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Mvcc;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>
/// The power goes at any step of a member's disk, with log, store file and snapshots at work under writes: whatever
/// part of the un-synced writes survives, the member comes back with every acknowledged write, with nothing that was
/// not asked for, and with the history that it had. ETCDSHARP_POWERLOSS_IMAGES sets how many images are looked at.
/// </summary>
public sealed class MemberPowerLossTests(ITestOutputHelper output)
{
    private const int ImagesDefault = 300;
    private const int Writers = 6;

    /// <summary>Small, so that segments are cut and released all the time and an image is cheap.</summary>
    internal const long SegmentBytes = 128 * 1024;

    private static readonly int s_images = int.TryParse(
        Environment.GetEnvironmentVariable("ETCDSHARP_POWERLOSS_IMAGES"),
        CultureInfo.InvariantCulture,
        out var images
    )
        ? images
        : ImagesDefault;

    /// <summary>Every image is searched for all that was acknowledged until then; a fresh member keeps that from growing with the square.</summary>
    private const int ImagesPerMember = 1_000;

    [Fact]
    public async Task No_loss_of_power_takes_an_acknowledged_write()
    {
        for (var done = 0; done < s_images; done += ImagesPerMember)
        {
            var images = Math.Min(ImagesPerMember, s_images - done);
            var load = new Load(images, static _ => false) { FirstSeed = (ulong)done };
            await load.RunAsync();
            output.WriteLine(load.Summary);
            Assert.Null(load.Failure);
            Assert.True(load.Images >= images, load.Summary);
            Assert.True(load.Unsynced > load.Images / 4, $"too few images had anything to lose: {load.Summary}");
            Assert.True(load.Steps.Keys.Any(step => step.Contains(".snap", StringComparison.Ordinal)), load.Summary);
        }
    }

    [Theory]
    [InlineData(".wal")]
    [InlineData("/db")]
    public async Task A_disk_that_skips_syncs_of_the_log_or_of_the_store_is_found_out(string file)
    {
        var load = new Load(
            500,
            step => step.Kind == DiskOperationKind.SyncData && step.Path.EndsWith(file, StringComparison.Ordinal)
        );
        await load.RunAsync();
        output.WriteLine($"{load.Failure} ({load.Summary})");
        Assert.NotNull(load.Failure);
    }

    private sealed class Load(int images, Func<DiskOperation, bool> skips)
    {
        private readonly MemoryDisk _disk = new();
        private readonly ConcurrentDictionary<string, string> _sent = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, string> _acknowledged = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<long, uint> _hashes = new();
        private readonly Lock _looking = new();
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ulong FirstSeed { get; init; }

        public string? Failure { get; private set; }

        public int Images { get; private set; }

        /// <summary>Images taken while something was written and not yet synced.</summary>
        public int Unsynced { get; private set; }

        /// <summary>At which steps of which files images were taken.</summary>
        public ConcurrentDictionary<string, int> Steps { get; } = new(StringComparer.Ordinal);

        public string Summary => $"{Images} images, {Unsynced} with un-synced writes, {_acknowledged.Count} acknowledged writes";

        public async Task RunAsync()
        {
            var member = await TestMember.StartAsync(
                _disk,
                o =>
                    o with
                    {
                        SnapshotCount = 60,
                        SnapshotCatchUpEntries = 20,
                        BackendBatchIntervalMs = 5,
                        MaxSnapshotFiles = 2,
                        WalSegmentBytes = SegmentBytes,
                    }
            );
            _disk.Intercept = step =>
            {
                Look(step);
                return skips(step) ? DiskVerdict.Skip : DiskVerdict.Proceed;
            };
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, Writers).Select(i => WriteAsync(member.Member, i, stop.Token)).ToArray();
            await _enough.Task;
            _disk.Intercept = null;
            await stop.CancelAsync();
            await Task.WhenAll(writers);
            CompareHashes(member.Member.Store.Kv);
            await member.DisposeAsync();
        }

        private async Task WriteAsync(Member member, int writer, CancellationToken stop)
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var key = $"w{writer}-{i}";
                var value = key + new string('v', (i * 37) % 700);
                _sent[key] = value;
                var put = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) };
                var result = await member.Node.Log.ProposeAsync(RequestKind.Put, put, CancellationToken.None);
                (result.Response as IDisposable)?.Dispose();
                Assert.Null(result.Error);
                _acknowledged[key] = value;
            }
        }

        private void Look(DiskOperation step)
        {
            // The steps of all threads wait here, so that few writes come between two images.
            lock (_looking)
            {
                if (Images >= images || Failure is not null)
                {
                    _enough.TrySetResult();
                    return;
                }

                // What is acknowledged before the power goes is promised; what is sent before that may be there as well.
                var promised = _acknowledged.ToArray();
                var log = LastSegment();
                Unsynced +=
                    _disk.UnsyncedChanges(log) > 0 || _disk.UnsyncedChanges(TestMember.Directory + "/member/snap/db") > 0 ? 1 : 0;
                var image = _disk.AfterPowerLoss(FirstSeed + (ulong)++Images);
                Steps.AddOrUpdate($"{step.Kind} {Path.GetExtension(step.Path)}", 1, static (_, n) => n + 1);
                Failure = Examine(image, promised) is { } problem
                    ? $"image {Images}, at {step.Kind} of {step.Path}: {problem}"
                    : null;
            }
        }

        private string LastSegment()
        {
            var directory = TestMember.Directory + "/member/wal/";
            return directory + _disk.ListNames(directory).Last(name => name.EndsWith(".wal", StringComparison.Ordinal));
        }

        private string? Examine(MemoryDisk image, KeyValuePair<string, string>[] promised)
        {
            try
            {
                using var member = new ReopenedMember(image);
                var found = ReadAll(member.Kv);
                foreach (var (key, value) in promised)
                {
                    if (!found.TryGetValue(key, out var stored) || stored != value)
                    {
                        return $"{key} was acknowledged and is {(stored is null ? "gone" : "another")}";
                    }
                }

                if (
                    found.FirstOrDefault(pair => !_sent.TryGetValue(pair.Key, out var sent) || sent != pair.Value) is
                    { Key: not null } invented
                )
                {
                    return $"{invented.Key} was never written like that";
                }

                if (member.Kv.CurrentRevision != found.Count + 1)
                {
                    return $"{found.Count} keys at revision {member.Kv.CurrentRevision}";
                }

                member.Kv.HashKv(member.Kv.CurrentRevision, out var hash, out _);
                _hashes[member.Kv.CurrentRevision] = hash.Hash;
                return null;
            }
            catch (Exception e)
                when (e is IOException or InvalidDataException or BootstrapException or BoltCorruptionException or WalException)
            {
                return e.Message;
            }
        }

        /// <summary>The member that went on has the same history: what an image held is what it held at that revision.</summary>
        private void CompareHashes(MvccStore store)
        {
            foreach (var (revision, expected) in _hashes.OrderByDescending(pair => pair.Key).Take(50))
            {
                if (Failure is null && store.HashKv(revision, out var hash, out _) == MvccStatus.Ok && hash.Hash != expected)
                {
                    Failure = $"the hash at revision {revision} differs";
                }
            }
        }

        private static Dictionary<string, string> ReadAll(MvccStore store)
        {
            using var found = RangeResult.Rent();
            Assert.Equal(MvccStatus.Ok, store.Range(new RangeQuery { Key = "\0"u8, RangeEnd = "\0"u8 }, found));
            var all = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < found.KeyValueCount; i++)
            {
                var kv = KeyValue.Parser.ParseFrom(found.KeyValue(i));
                all.Add(kv.Key.ToStringUtf8(), kv.Value.ToStringUtf8());
            }

            return all;
        }
    }
}
