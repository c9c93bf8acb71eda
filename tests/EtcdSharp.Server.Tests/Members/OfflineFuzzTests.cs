using System.Security.Cryptography;
using EtcdSharp.Harness;
using EtcdSharp.Offline;
using EtcdSharp.Platform;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>What etcdutl does with a snapshot, with damaged ones: it is read and restored, or a line says what is wrong with it.</summary>
public sealed class OfflineFuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const double DefaultSeconds = 1.5;

    private static readonly TimeSpan s_caseMax = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("etcdsharp-fuzz-").FullName;
    private byte[] _store = [];

    private string Snapshot => Path.Combine(_folder, "snapshot.db");

    private string Restored => Path.Combine(_folder, "restored");

    public async ValueTask InitializeAsync() =>
        _store = (await LivedMember.FilesAsync()).Single(static file => file.Path == LivedMember.StorePath).Content;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void A_damaged_snapshot_is_refused_in_words()
    {
        var (read, refused) = (0L, 0L);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds))
        {
            var random = new Random(seed);
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                if (Use(random))
                {
                    read++;
                }
                else
                {
                    refused++;
                }
            }
            catch (Exception unexpected)
            {
                throw new InvalidOperationException(
                    $"seed {seed}: {FuzzRun.Keep(nameof(OfflineFuzzTests), seed, File.ReadAllBytes(Snapshot))}",
                    unexpected
                );
            }

            var took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
            Assert.True(took < s_caseMax, $"seed {seed} took {took}");
        }

        output.WriteLine($"{read} read, {refused} refused");
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    /// <summary>The fuzz test found it in some minutes: the root may hold what is no bucket, and no check minds.</summary>
    [Fact]
    public void A_snapshot_whose_root_holds_something_that_is_no_bucket_is_refused()
    {
        var damaged = (byte[])_store.Clone();
        const int pageBytes = 4096;
        const int headerBytes = 16;
        const int elementBytes = 16;
        var changed = 0;
        for (var page = 2 * pageBytes; page < damaged.Length; page += pageBytes)
        {
            int count = BitConverter.ToUInt16(damaged, page + 10);
            for (var i = 0; i < Math.Min(count, (pageBytes - headerBytes) / elementBytes); i++)
            {
                var element = page + headerBytes + (i * elementBytes);
                var key = (long)element + BitConverter.ToUInt32(damaged, element + 4);
                if (key + 5 <= damaged.Length && damaged.AsSpan((int)key, 5).SequenceEqual("alarm"u8))
                {
                    damaged[element] = 0;
                    changed++;
                }
            }
        }

        Assert.True(changed > 0, "the root page was not found");
        File.WriteAllBytes(Snapshot, damaged);
        Assert.Null(SnapshotStatus.TryRead(SystemDisk.Instance, Snapshot, TimeSpan.FromSeconds(1), out var problem));
        Assert.Equal("cannot get hash of bucket alarm", problem);
    }

    /// <summary>The fuzz test found that damage which only the commit meets was told as a failed write.</summary>
    [Fact]
    public void A_snapshot_with_elements_out_of_place_is_damaged_in_the_words_of_a_restore()
    {
        const int pageBytes = 4096;
        const int headerBytes = 16;
        const int elementBytes = 16;
        var refused = 0;
        for (var page = 2 * pageBytes; page < _store.Length; page += pageBytes)
        {
            int count = BitConverter.ToUInt16(_store, page + 10);
            for (var element = 0; element < Math.Min(count, (pageBytes - headerBytes) / elementBytes); element += 3)
            {
                var damaged = (byte[])_store.Clone();
                BitConverter.TryWriteBytes(damaged.AsSpan(page + headerBytes + (element * elementBytes) + 4), int.MaxValue);
                File.WriteAllBytes(Snapshot, damaged);
                if (Restore(skipHashCheck: true, revisionBump: 0) is { } problem)
                {
                    refused++;
                    Assert.Contains("is damaged", problem, StringComparison.Ordinal);
                    Assert.Contains(", offset ", problem, StringComparison.Ordinal);
                }
            }
        }

        Assert.NotEqual(0, refused);
    }

    private bool Use(Random random)
    {
        var damaged = random.Next(20) == 0 ? _store : FileDamage.To(_store, random);
        var hasChecksum = random.Next(2) == 0;
        File.WriteAllBytes(Snapshot, hasChecksum ? [.. damaged, .. SHA256.HashData(damaged)] : damaged);
        switch (random.Next(3))
        {
            case 0:
                return Told(
                    SnapshotStatus.TryRead(SystemDisk.Instance, Snapshot, TimeSpan.FromSeconds(1), out var noStatus) is not null,
                    noStatus
                );
            case 1:
                return Told(
                    StoreHash.TryCompute(SystemDisk.Instance, Snapshot, random.Next(300), TimeSpan.FromSeconds(1), out var noHash)
                        is not null,
                    noHash
                );
            default:
                var problem = Restore(random.Next(2) == 0, random.Next(2) == 0 ? 1_000UL : 0);
                return Told(problem is null, problem);
        }
    }

    private string? Restore(bool skipHashCheck, ulong revisionBump)
    {
        var problem = new SnapshotRestore(SystemDisk.Instance, SystemClock.Instance, NullLogger.Instance).Run(
            new RestoreOptions
            {
                SnapshotPath = Snapshot,
                Name = "default",
                DataDirectory = Restored,
                InitialCluster = "default=http://127.0.0.1:2380",
                ClusterToken = "etcd-cluster",
                AdvertisePeerUrls = "http://127.0.0.1:2380",
                SkipHashCheck = skipHashCheck,
                InitialMapBytes = 0,
                RevisionBump = revisionBump,
            }
        );
        Assert.Equal(problem is null, Directory.Exists(Restored));
        if (problem is null)
        {
            Directory.Delete(Restored, recursive: true);
        }

        return problem;
    }

    private static bool Told(bool isRead, string? problem)
    {
        Assert.Equal(isRead, string.IsNullOrWhiteSpace(problem));
        return isRead;
    }
}
