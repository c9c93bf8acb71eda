using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberReadTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private const int Writers = 100;
    private const int Reads = 200;

    /// <summary>The sync of the writes stands still while the reads are answered: one that waited for it would never end.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_linearizable_read_does_not_wait_for_the_disk(bool alwaysAsk)
    {
        await using var member = await TestMember.StartAsync(configure: o => o with { AlwaysAskReadIndex = alwaysAsk });
        await member.PutAsync("a", "1");
        using var syncing = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        member.Disk.Intercept = operation =>
        {
            if (operation.Kind == DiskOperationKind.SyncData)
            {
                syncing.Set();
                goOn.Wait(s_limit);
            }

            return DiskVerdict.Proceed;
        };
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(i => WriteAsync(member, i, stop.Token)).ToArray();
        try
        {
            Assert.True(syncing.Wait(s_limit), "the writes are never synced");
            var committed = member.Member.Node.State.CommittedIndex;
            for (var read = 0; read < Reads; read++)
            {
                Assert.Equal("1", await member.GetAsync("a").WaitAsync(s_limit));
            }

            // Else the sync would not have stood still.
            Assert.Equal(committed, member.Member.Node.State.CommittedIndex);
        }
        finally
        {
            member.Disk.Intercept = null;
            goOn.Set();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
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
