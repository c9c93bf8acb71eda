using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>A disk that fails, fills up or returns other bytes than were written.</summary>
public sealed class MemberDiskFailureTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(DiskOperationKind.Write, ".wal", "writing the log")]
    [InlineData(DiskOperationKind.SyncData, ".wal", "writing the log")]
    [InlineData(DiskOperationKind.Write, "db", "committing the store")]
    [InlineData(DiskOperationKind.SyncData, "db", "committing the store")]
    public async Task A_failed_write_or_sync_ends_the_member_and_loses_nothing_acknowledged(
        DiskOperationKind kind,
        string file,
        string part
    )
    {
        var failed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var disk = new MemoryDisk();
        var member = await TestMember.StartAsync(disk, o => o with { Fatal = Stop });
        await member.PutAsync("before", "1");
        disk.Intercept = step =>
            step.Kind == kind && step.Path.EndsWith(file, StringComparison.Ordinal)
                ? throw new IOException("the disk is gone")
                : DiskVerdict.Proceed;
        var acknowledged = await WriteUntilAsync(member, failed.Task);
        Assert.StartsWith(part, await failed.Task.WaitAsync(s_patience), StringComparison.Ordinal);

        await using var again = await TestMember.StartAsync(disk.AfterPowerLoss(1));
        Assert.Equal("1", await again.GetAsync("before"));
        await AssertHoldsAsync(again, acknowledged);

        void Stop(string where, Exception failure)
        {
            failed.TrySetResult($"{where}: {failure.Message}");

            // As the end of the process does, this keeps the thread from going on.
            Thread.Sleep(Timeout.Infinite);
        }
    }

    [Fact]
    public async Task A_full_disk_ends_the_member_and_leaves_the_directory_readable()
    {
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var disk = new MemoryDisk();
        var small = MemberPowerLossTests.SegmentBytes;
        var member = await TestMember.StartAsync(disk, o => o with { Fatal = Stop, WalSegmentBytes = small });
        await member.PutAsync("before", "1");
        disk.CapacityBytes = 2 * 1024 * 1024;
        var acknowledged = await WriteUntilAsync(member, failed.Task);
        Assert.IsType<DiskFullException>(Innermost(await failed.Task.WaitAsync(s_patience)));
        Assert.NotEqual(0, acknowledged);

        await using var again = await TestMember.StartAsync(disk.AfterPowerLoss(1), o => o with { WalSegmentBytes = small });
        Assert.Equal("1", await again.GetAsync("before"));
        await AssertHoldsAsync(again, acknowledged);

        void Stop(string where, Exception failure)
        {
            failed.TrySetResult(failure);
            Thread.Sleep(Timeout.Infinite);
        }
    }

    [Fact]
    public async Task A_damaged_record_of_the_log_is_named_at_the_start()
    {
        var disk = await FilledAsync();
        var segment = TestMember.Directory + "/member/wal/" + disk.ListNames(TestMember.Directory + "/member/wal").First(Wal);
        Flip(disk, segment, 2000);

        var refused = await Assert.ThrowsAsync<BootstrapException>(() => TestMember.StartAsync(disk));
        var refusal = Reason<WalException>(refused);
        Assert.Contains(refusal.Message, refused.Message, StringComparison.Ordinal);
        Assert.Contains(segment, refusal.Message, StringComparison.Ordinal);
        Assert.InRange(refusal.Offset, 1, 2000);
        Assert.Contains($"offset {refusal.Offset}, record ", refusal.Message, StringComparison.Ordinal);

        static bool Wal(string name) => name.EndsWith(".wal", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_page_of_the_store_is_named_at_the_start()
    {
        const int PageBytes = 4096;
        const int FlagsOffset = 8;
        var disk = await FilledAsync();
        var path = TestMember.Directory + "/member/snap/db";
        var bytes = disk.ReadAllBytes(path);

        // The kind of every page but the two meta pages becomes one that does not exist.
        for (var page = 2 * PageBytes; page < bytes.Length; page += PageBytes)
        {
            bytes[page + FlagsOffset] ^= 0xA5;
        }

        disk.WriteAllBytes(path, bytes);

        var refused = await Assert.ThrowsAsync<BootstrapException>(() => TestMember.StartAsync(disk));
        var refusal = Reason<BoltCorruptionException>(refused);
        Assert.Contains(refusal.Message, refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"'{path}', page {refusal.PageId}, offset {refusal.PageId * PageBytes}: ",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>The failure below, however often it was explained on the way up.</summary>
    private static T Reason<T>(Exception refused)
        where T : Exception
    {
        Exception? cause = refused;
        while (cause is not null and not T)
        {
            cause = cause.InnerException;
        }

        return Assert.IsType<T>(cause);
    }

    private static async Task<MemoryDisk> FilledAsync()
    {
        var disk = new MemoryDisk();
        await using var member = await TestMember.StartAsync(disk);
        for (var i = 0; i < 100; i++)
        {
            await member.PutAsync($"k{i}", new string('v', 100));
        }

        return disk;
    }

    private static void Flip(MemoryDisk disk, string path, int offset)
    {
        var bytes = disk.ReadAllBytes(path);
        bytes[offset] ^= 0xA5;
        disk.WriteAllBytes(path, bytes);
    }

    /// <summary>How many writes were acknowledged before the failure; the one that met it never is.</summary>
    private static async Task<int> WriteUntilAsync(TestMember member, Task failed)
    {
        for (var i = 0; ; i++)
        {
            var put = member.PutAsync($"k{i}", new string('v', 1000));
            if (await Task.WhenAny(put, failed) == failed)
            {
                return i;
            }

            await put;
        }
    }

    private static async Task AssertHoldsAsync(TestMember member, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(new string('v', 1000), await member.GetAsync($"k{i}"));
        }
    }

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}
