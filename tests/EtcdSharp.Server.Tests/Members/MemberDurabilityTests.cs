using System.Collections.Concurrent;
using EtcdSharp.Grpc;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberDurabilityTests
{
    private const int Writers = 8;

    [Fact]
    public async Task What_was_written_is_there_after_a_restart_under_the_same_ids()
    {
        var member = await TestMember.StartAsync();
        var (id, cluster) = (member.Member.MemberId, member.Member.ClusterId);
        await member.PutAsync("a", "1");
        member = await member.RestartAsync();
        await using var _ = member;

        Assert.Equal((id, cluster), (member.Member.MemberId, member.Member.ClusterId));
        Assert.Equal("1", await member.GetAsync("a"));
        Assert.Equal(3, (await member.PutAsync("b", "2")).Header.Revision);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_acknowledged_write_survives_a_loss_of_power(ulong seed)
    {
        var member = await TestMember.StartAsync(configure: o => o with { SnapshotCount = 50, SnapshotCatchUpEntries = 10 });
        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(i => WriteAsync(member, i, acknowledged, stop.Token)).ToArray();
        while (acknowledged.Count < 400)
        {
            await Task.WhenAny(Task.WhenAny(writers), Task.Delay(5));
        }

        // What had been acknowledged when the power went must be on the disk as it then was.
        var promised = acknowledged.ToArray();
        var disk = member.Disk.AfterPowerLoss(seed);
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await member.DisposeAsync();

        await using var restarted = await TestMember.StartAsync(disk);
        foreach (var (key, value) in promised)
        {
            Assert.Equal(value, await restarted.GetAsync(key));
        }

        var all = await restarted.AllAsync();
        Assert.Equal(all.Kvs.Count, all.Kvs.Select(kv => kv.ModRevision).Distinct().Count());
        Assert.Equal(all.Header.Revision, all.Kvs.Count + 1);
    }

    [Fact]
    public async Task A_disk_that_lies_about_syncs_loses_writes_so_the_test_above_can_fail()
    {
        var disk = new MemoryDisk();
        var member = await TestMember.StartAsync(disk, o => o with { UnsafeNoFsync = true });
        for (var i = 0; i < 100; i++)
        {
            await member.PutAsync($"k{i}", "v");
        }

        var lost = false;
        for (ulong seed = 1; seed <= 8 && !lost; seed++)
        {
            try
            {
                await using var restarted = await TestMember.StartAsync(disk.AfterPowerLoss(seed));
                lost = (await restarted.AllAsync()).Kvs.Count < 100;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or BootstrapException)
            {
                lost = true;
            }
        }

        await member.DisposeAsync();
        Assert.True(lost);
    }

    [Fact]
    public async Task Old_log_is_given_up_and_the_member_still_starts_from_the_rest()
    {
        var member = await TestMember.StartAsync(configure: o => o with { SnapshotCount = 20, SnapshotCatchUpEntries = 5 });
        for (var i = 0; i < 200; i++)
        {
            await member.PutAsync($"k{i}", "v");
        }

        await member.DisposeAsync();
        Assert.Contains(
            member.Disk.ListNames(TestMember.Directory + "/member/snap"),
            name => name.EndsWith(".snap", StringComparison.Ordinal)
        );
        await using var restarted = await TestMember.StartAsync(member.Disk);
        Assert.Equal(200, (await restarted.AllAsync()).Count);
    }

    [Fact]
    public async Task A_failed_sync_ends_the_member_instead_of_acknowledging()
    {
        var failure = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var disk = new MemoryDisk();
        var member = await TestMember.StartAsync(
            disk,
            o => o with { Fatal = (part, _) => failure.TrySetResult(part), ElectionMs = 200 }
        );
        disk.Intercept = operation =>
            operation.Kind == DiskOperationKind.SyncData && operation.Path.EndsWith(".wal", StringComparison.Ordinal)
                ? throw new IOException("the disk is gone")
                : DiskVerdict.Proceed;
        var put = member.PutAsync("a", "1");

        Assert.Equal("writing the log", await failure.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await Assert.ThrowsAsync<GrpcStatusException>(() => put);
        disk.Intercept = null;
        await member.DisposeAsync();
    }

    private static async Task WriteAsync(
        TestMember member,
        int writer,
        ConcurrentDictionary<string, string> acknowledged,
        CancellationToken stop
    )
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var key = $"w{writer}-{i}";
            await member.PutAsync(key, $"v{i}");
            acknowledged[key] = $"v{i}";
        }
    }
}
