using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Concurrency;

/// <summary><c>etcdctl elect</c>, by itself and together with the real one.</summary>
public sealed class ElectCases(SharedMember member)
{
    [Theory]
    [InlineData("elect")]
    [InlineData("elect {p}e")]
    [InlineData("elect {p}e x -l")]
    [InlineData("elect {p}e x y")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line]);

    /// <summary>An observer sees the first leader, then the second; candidates and observers of both programs in all mixtures.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task ObserversSeeEachLeader(bool realLeads, bool realObserves)
    {
        var etcd = (await member.EtcdctlAsync()).Member;
        var name = $"elect-{realLeads}-{realObserves}";
        using var first = LockCases.Start(realLeads, $"elect {name} one", etcd);
        var firstKey = await first.NextLineAsync();
        Assert.Equal("one", await first.NextLineAsync());

        using var observer = LockCases.Start(realObserves, $"elect -l {name}", etcd);
        Assert.Equal((firstKey, "one"), (await observer.NextLineAsync(), await observer.NextLineAsync()));

        using var second = LockCases.Start(real: false, $"elect {name} two", etcd);
        await LockCases.WaitUntilAsync(async () =>
            (
                await etcd.Range(
                    new RangeRequest { Key = ByteString.CopyFromUtf8(name + "/"), RangeEnd = ByteString.CopyFromUtf8(name + "0") }
                )
            ).Count == 2
        );
        Assert.Equal((0, ""), await first.InterruptAsync());
        var secondKey = await second.NextLineAsync();
        Assert.Equal("two", await second.NextLineAsync());
        Assert.Equal((secondKey, "two"), (await observer.NextLineAsync(), await observer.NextLineAsync()));
        Assert.Equal((0, ""), await observer.InterruptAsync());
        Assert.Equal((0, ""), await second.TerminateAsync());
    }
}
