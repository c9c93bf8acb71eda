using System.Text.RegularExpressions;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Checking;

/// <summary><c>etcdctl check</c>.</summary>
public sealed class CheckCases(OwnMember member, RealMember realMember) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("check perf --load zz")]
    [InlineData("check datascale --load zz")]
    [InlineData("check perf --prefix {p}")]
    [InlineData("check datascale --prefix {p}")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line], ("x", "1"));

    /// <summary>The same lines as the real one prints, but for the progress bar, which 3.7 prints to standard error.</summary>
    [Fact]
    public async Task DatascalePasses()
    {
        var side = await member.EtcdctlAsync();
        var outcome = await side.OursAsync("check datascale --prefix {p} --auto-compact --auto-defrag");
        Assert.Equal(0, outcome.ExitCode);
        var endpoint = side.Member.Address.Authority;
        Assert.Matches(
            "^Start data scale check for work load \\[10000 key-value pairs, 1024 bytes per key-value, 50 concurrent clients\\]\\.\n"
                + "Compacting with revision [0-9]+\nCompacted with revision [0-9]+\n"
                + $"Defragmenting \"{Regex.Escape(endpoint)}\"\nDefragmented \"{Regex.Escape(endpoint)}\"\n"
                + "PASS: Approximate system memory used : -?[0-9.]+ MB\\.\n$",
            outcome.Output
        );
        Assert.Matches(@"\r10000 / 10000 \[-{40}\] 100\.00% [0-9]+ p/s \n$", outcome.Error);
        Assert.Equal(0, (await side.OursAsync("get {p} --prefix --count-only -w fields")).ExitCode);
    }

    /// <summary>A minute each, so only where long tests are wanted (ETCDSHARP_LONG=1).</summary>
    [Theory]
    [InlineData("s", "1[45][0-9]", false)]
    [InlineData("s", "1[45][0-9]", true)]
    [InlineData("m", "(9[0-9]{2}|100[0-9])", false)]
    [InlineData("m", "(9[0-9]{2}|100[0-9])", true)]
    public async Task PerfPasses(string load, string writes, bool atRealEtcd)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ETCDSHARP_LONG") is "1", "takes a minute: set ETCDSHARP_LONG=1");
        var side = await (atRealEtcd ? realMember.EtcdctlAsync() : member.EtcdctlAsync());
        using var check = RunningProgram.Start(
            Programs.OurEtcdctl,
            $"check perf --load {load} --prefix perf-{load}/",
            side.Member
        );
        var lines = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            lines.Add((await check.LineAsync(TimeSpan.FromSeconds(90)))!);
        }

        Assert.Matches($"^PASS: Throughput is {writes} writes/s$", lines[0]);
        Assert.Matches("^PASS: Slowest request took [0-9.]+s$", lines[1]);
        Assert.Matches("^PASS: Stddev is [0-9.]+s$", lines[2]);
        Assert.Equal("PASS", lines[3]);
        Assert.Matches(@"\r60 / 60 \[-{40}\] 100\.00% 1 p/s \n$", await check.ErrorAsync());
    }
}
