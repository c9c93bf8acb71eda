using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Concurrency;

/// <summary><c>etcdctl lock</c>, by itself, with a command, and against the real one.</summary>
public sealed class LockCases(SharedMember member)
{
    [Theory]
    [InlineData("lock")]
    [InlineData("lock {p}l true")]
    [InlineData("lock {p}l --ttl 3 echo hi there")]
    [InlineData("lock {p}l -- sh -c 'exit 3'")]
    [InlineData("lock {p}l -- sh -c 'echo out; echo err >&2; exit 1'")]
    [InlineData("lock {p}l -- sh -c 'echo $ETCD_LOCK_KEY'")]
    [InlineData("lock {p}l -- cat")]
    [InlineData("lock {p}l no-such-command")]
    [InlineData("lock {p}l ./no/such/command")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line, "get {p} --prefix"]);

    [Theory]
    [InlineData("lock l --ttl x")]
    [InlineData("lock l --bogus")]
    [InlineData("elect e --bogus")]
    [InlineData("elect e -x")]
    [InlineData("check perf --bogus")]
    [InlineData("check datascale --auto-compact=maybe")]
    [InlineData("make-mirror --bogus x")]
    [InlineData("make-mirror --no-dest-prefix=maybe x")]
    [InlineData("snapshot save --bogus x")]
    [InlineData("user add --interactive=maybe x")]
    [InlineData("role grant-permission --prefixes r read x")]
    public async Task OptionsThatAreWrong(string line) => await FlagProblem.SameAsync(await member.EtcdctlAsync(), line);

    /// <summary>Who waits gets the lock when the holder is interrupted, whichever program holds and waits.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task OneHoldsAndTheOtherWaits(bool realHolds, bool realWaits)
    {
        var etcd = (await member.EtcdctlAsync()).Member;
        var name = $"lock-{realHolds}-{realWaits}";
        using var holder = Start(realHolds, $"lock {name}", etcd);
        var key = await holder.NextLineAsync();
        Assert.StartsWith(name + "/", key, StringComparison.Ordinal);
        Assert.Equal("", await holder.NextLineAsync());

        using var waiter = Start(realWaits, $"lock {name}", etcd);
        var waiting = waiter.NextLineAsync();
        await WaitUntilAsync(async () => await CountAsync(etcd, name) == 2);
        Assert.False(waiting.IsCompleted, "two hold the lock");

        Assert.Equal((0, ""), await holder.InterruptAsync());
        var next = await waiting;
        Assert.StartsWith(name + "/", next, StringComparison.Ordinal);
        Assert.NotEqual(key, next);
        Assert.Equal((0, ""), await waiter.TerminateAsync());
        Assert.Equal(0, await CountAsync(etcd, name));
    }

    /// <summary>While the command runs, nobody else has the lock.</summary>
    [Fact]
    public async Task TheLockIsHeldWhileTheCommandRuns()
    {
        var etcd = (await member.EtcdctlAsync()).Member;
        using var holder = Start(real: false, "lock lock-command -- sh -c 'echo $ETCD_LOCK_REV; sleep 1; echo done'", etcd);
        var revision = long.Parse((await holder.NextLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        var held = await etcd.Range(
            new RangeRequest
            {
                Key = ByteString.CopyFromUtf8("lock-command/"),
                RangeEnd = ByteString.CopyFromUtf8("lock-command0"),
            }
        );
        Assert.Equal(revision, Assert.Single(held.Kvs).CreateRevision);
        Assert.Equal("done", await holder.NextLineAsync());
        Assert.Null(await holder.NextLineAsync());
        await WaitUntilAsync(async () => await CountAsync(etcd, "lock-command") == 0);
    }

    [Fact]
    public async Task OneWhoWaitsCanGiveUp()
    {
        var etcd = (await member.EtcdctlAsync()).Member;
        using var holder = Start(real: false, "lock lock-give-up", etcd);
        await holder.NextLineAsync();
        using var waiter = Start(real: false, "lock lock-give-up", etcd);
        await WaitUntilAsync(async () => await CountAsync(etcd, "lock-give-up") == 2);
        Assert.Equal((1, "Error: context canceled\n"), await waiter.InterruptAsync());
        await WaitUntilAsync(async () => await CountAsync(etcd, "lock-give-up") == 1);
        Assert.False(holder.HasEnded);
    }

    internal static RunningProgram Start(bool real, string line, EtcdEndpoint etcd) =>
        RunningProgram.Start(real ? Programs.RealEtcdctl! : Programs.OurEtcdctl, line, etcd);

    internal static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "it has not come to that within 20 s");
            await Task.Delay(20);
        }
    }

    private static async Task<long> CountAsync(EtcdEndpoint etcd, string name) =>
        (
            await etcd.Range(
                new RangeRequest
                {
                    Key = ByteString.CopyFromUtf8(name + "/"),
                    RangeEnd = ByteString.CopyFromUtf8(name + "0"),
                    CountOnly = true,
                }
            )
        ).Count;
}
