using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Mvcc.Tests;

/// <summary>The threads of the store end the member with a word on what is damaged, when the file is no longer what it was.</summary>
public sealed class DamagedFileTests
{
    private const int Keys = 5000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_compaction_tells_the_file_and_the_page()
    {
        var told = new TaskCompletionSource<(string Part, Exception Failure)>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var open = Fill(told);
        Damage(open);
        Assert.Equal(MvccStatus.Ok, open.Store.Compact(Keys / 2, out var physical));
        AssertNamed(open, await told.Task.WaitAsync(s_patience), "compacting the store");
        await Assert.ThrowsAsync<BoltCorruptionException>(() => physical).WaitAsync(s_patience);
    }

    [Fact]
    public async Task Watchers_that_catch_up_tell_the_file_and_the_page()
    {
        var told = new TaskCompletionSource<(string Part, Exception Failure)>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var open = Fill(told);
        Damage(open);
        var hub = new WatchHub();
        hub.Open(new StoreWatchHistory(open.Store));
        using var loop = new WatchCatchUpLoop(hub, (part, failure) => told.TrySetResult((part, failure)));
        hub.OpenStream()
            .Create(
                new WatchCreate
                {
                    Key = [0],
                    End = [],
                    StartRevision = 2,
                }
            );
        AssertNamed(open, await told.Task.WaitAsync(s_patience), "reading the history for watchers");
    }

    private static OpenStore Fill(TaskCompletionSource<(string Part, Exception Failure)> told)
    {
        var open = new OpenStore(
            options: new MvccOptions { CompactionPauseMs = 0, Failed = (part, failure) => told.TrySetResult((part, failure)) },
            // One commit at the end: what was damaged is not written anew.
            backendOptions: new BackendOptions { NoSync = true, CommitIntervalMs = 3_600_000 }
        );
        for (var i = 0; i < Keys; i++)
        {
            open.Put($"key {i}", "value");
        }

        open.Backend.ForceCommit();
        return open;
    }

    /// <summary>Only the pages with values: a compaction begins with what other pages say.</summary>
    private static void Damage(OpenStore open)
    {
        // Past the lock that the store holds.
        using var file = SystemDisk.Instance.Open(Path.Combine(open.Folder, "db"), DiskOpen.WriteExisting);
        var page = new byte[Environment.SystemPageSize];
        for (var at = 0L; at < file.Length; at += page.Length)
        {
            file.ReadAt(at, page);
            if (page.AsSpan().IndexOf("value"u8) >= 0)
            {
                file.WriteAt(at, new byte[16]);
            }
        }
    }

    private static void AssertNamed(OpenStore open, (string Part, Exception Failure) told, string part)
    {
        Assert.Equal(part, told.Part);
        var damage = Assert.IsType<BoltCorruptionException>(told.Failure);
        Assert.Equal(Path.Combine(open.Folder, "db"), damage.FilePath);
        Assert.Contains("page", damage.Message, StringComparison.Ordinal);
    }
}
