using EtcdSharp.Harness;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>
/// The directory of a member with one of its files damaged: a member starts from it, or it says in one line which file it is and
/// what can be done.
/// </summary>
public sealed class DataDirectoryFuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const double DefaultSeconds = 3;

    /// <summary>A start takes some milliseconds; with a busy machine a thousand times as long.</summary>
    private static readonly TimeSpan s_caseMax = TimeSpan.FromSeconds(20);

    private const long CaseBytesMax = 512L * 1024 * 1024;

    private List<(string Path, byte[] Content)> _files = [];

    public async ValueTask InitializeAsync()
    {
        _files = await LivedMember.FilesAsync();
        Assert.Contains(_files, file => file.Path.EndsWith(".snap", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void A_member_starts_or_says_what_is_damaged()
    {
        using (Open(_files))
        {
            // The sound files are.
        }

        var (started, refused) = (0L, new SortedDictionary<string, long>(StringComparer.Ordinal));
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds))
        {
            var random = new Random(seed);
            var victim =
                random.Next(4) == 0
                    ? random.Next(_files.Count)
                    : _files.FindIndex(static file => file.Path == LivedMember.StorePath);
            var (path, sound) = _files[victim];
            List<(string, byte[])> files = [.. _files];
            files[victim] = (path, FileDamage.To(sound, random));
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                Open(files).Dispose();
                started++;
            }
            catch (Exception failure)
            {
                var told = failure is BootstrapException ? failure.Message : StartProblem.Describe(failure, TestMember.Directory);
                if (told is null)
                {
                    throw new InvalidOperationException(
                        $"seed {seed}, {path}: {FuzzRun.Keep(nameof(DataDirectoryFuzzTests), seed, files[victim].Item2)}",
                        failure
                    );
                }

                Assert.True(told.Contains(TestMember.Directory, StringComparison.Ordinal), $"seed {seed} names no file: {told}");
                var kind = failure.GetType().Name;
                refused[kind] = refused.GetValueOrDefault(kind) + 1;
            }

            var took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
            Assert.True(took < s_caseMax, $"seed {seed} took {took}");
            var allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
            Assert.True(allocated < CaseBytesMax, $"seed {seed} allocated {allocated} bytes");
        }

        output.WriteLine($"{started} started; {string.Join(", ", refused.Select(pair => $"{pair.Key}: {pair.Value}"))}");
        Assert.True(started > 0 && refused.Count > 1, $"{started} started, refused with {string.Join(", ", refused.Keys)}");
    }

    private static ReopenedMember Open(List<(string Path, byte[] Content)> files)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(TestMember.Directory + "/member/wal");
        disk.CreateDirectory(TestMember.Directory + "/member/snap");
        foreach (var (path, content) in files)
        {
            disk.WriteAllBytes(path, content);
        }

        return new ReopenedMember(disk, checkStore: false);
    }
}
