using System.Diagnostics;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberReadTests
{
    private const int SyncMs = 50;
    private const int Writers = 100;
    private const int Reads = 200;

    /// <summary>At a hundred writers a batch, the reads go on for ten syncs at least.</summary>
    private const ulong EntriesMeanwhile = 10 * Writers;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_linearizable_read_does_not_wait_for_the_disk(bool alwaysAsk)
    {
        await using var member = await TestMember.StartAsync(configure: o => o with { AlwaysAskReadIndex = alwaysAsk });
        await member.PutAsync("a", "1");
        member.Disk.Intercept = operation =>
        {
            if (operation.Kind == DiskOperationKind.SyncData)
            {
                Thread.Sleep(SyncMs);
            }

            return DiskVerdict.Proceed;
        };
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(i => WriteAsync(member, i, stop.Token)).ToArray();
        var writes = member.Member.Node.State.CommittedIndex;
        var took = new List<double>();
        while (took.Count < Reads || member.Member.Node.State.CommittedIndex < writes + EntriesMeanwhile)
        {
            var started = Stopwatch.GetTimestamp();
            await member.GetAsync("a");
            took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        member.Disk.Intercept = null;
        took.Sort();

        // The writers were held up by the disk all the time; a read behind a sync would take 50 ms and more.
        Assert.True(took[took.Count / 2] < 10, $"median {took[took.Count / 2]:f1} ms");
        Assert.True(took[took.Count * 95 / 100] < SyncMs, $"95th percentile {took[took.Count * 95 / 100]:f1} ms");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_sees_every_write_that_was_acknowledged_before_it(bool alwaysAsk)
    {
        await using var member = await TestMember.StartAsync(configure: o => o with { AlwaysAskReadIndex = alwaysAsk });
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async i =>
                {
                    for (var round = 0; round < 100; round++)
                    {
                        await member.PutAsync($"k{i}", $"{round}");
                        Assert.Equal($"{round}", await member.GetAsync($"k{i}"));
                    }
                })
        );
    }

    private static async Task WriteAsync(TestMember member, int writer, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await member.PutAsync($"w{writer}", "v");
        }
    }
}
