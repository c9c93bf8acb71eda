using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>What must agree at the first start is asked before anything is written, and never again.</summary>
public sealed class FirstStartTests
{
    private const string Url = "http://127.0.0.1:2380";

    private static MemberOptions Named(MemberOptions options) =>
        options with
        {
            Name = "a",
            InitialCluster = [("a", Url)],
            AdvertisePeerUrls = [Url],
        };

    public static TheoryData<string, string[]> Refused =>
        new()
        {
            { "name", ["couldn't find local name \"b\"", "(a)"] },
            {
                "advertised",
                [
                    "--initial-cluster has a=http://127.0.0.1:2380 but missing from --initial-advertise-peer-urls=http://127.0.0.1:1",
                ]
            },
            {
                "more advertised",
                [
                    "--initial-advertise-peer-urls has http://127.0.0.1:1 but missing from --initial-cluster=a=http://127.0.0.1:2380",
                ]
            },
            { "twice", ["has duplicate url", "b=http://127.0.0.1:2380"] },
            { "no url", ["--initial-cluster has a=, which is no URL"] },
            { "no port", ["--initial-cluster has a=http://127.0.0.1,"] },
        };

    private static MemberOptions Contradict(string how, MemberOptions options) =>
        how switch
        {
            "name" => options with { Name = "b" },
            "advertised" => options with { AdvertisePeerUrls = ["http://127.0.0.1:1"] },
            "more advertised" => options with { AdvertisePeerUrls = [Url, "http://127.0.0.1:1"] },
            "twice" => options with { InitialCluster = [("a", Url), ("b", Url)] },
            "no url" => options with { InitialCluster = [("a", "")], AdvertisePeerUrls = [""] },
            _ => options with { InitialCluster = [("a", "http://127.0.0.1")], AdvertisePeerUrls = ["http://127.0.0.1"] },
        };

    [Theory, MemberData(nameof(Refused))]
    public async Task What_contradicts_itself_is_refused_before_anything_is_written(string how, string[] says)
    {
        var disk = new MemoryDisk();
        var refusal = await Assert.ThrowsAsync<BootstrapException>(() =>
            TestMember.StartAsync(disk, options => Contradict(how, Named(options)))
        );
        Assert.All(says, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
        Assert.False(disk.DirectoryExists(TestMember.Directory));
    }

    [Fact]
    public async Task A_name_and_its_address_agree()
    {
        await using var member = await TestMember.StartAsync(configure: options =>
            Named(options) with
            {
                AdvertisePeerUrls = ["http://localhost:2380"],
            }
        );
        await member.PutAsync("k", "v");
    }

    /// <summary>The settings of the first start, changed in every way that a first start refuses, and more.</summary>
    [Fact]
    public async Task A_member_that_has_started_before_asks_no_more()
    {
        var member = await TestMember.StartAsync(configure: Named);
        await member.PutAsync("k", "v");
        var id = member.Member.MemberId;
        foreach (var how in Refused.Select(row => row.Data.Item1))
        {
            member = await member.RestartAsync(options => Contradict(how, Named(options)));
            Assert.Equal(id, member.Member.MemberId);
            Assert.Equal("v", Assert.Single((await member.RangeAsync("k")).Kvs).Value.ToStringUtf8());
        }

        member = await member.RestartAsync(options =>
            Named(options) with
            {
                NewCluster = false,
                InitialClusterToken = "other",
                InitialCluster = [("a", Url), ("gone", "http://127.0.0.1:9")],
                DiscoveryEndpoints = ["127.0.0.1:9"],
                DiscoveryToken = "t",
                DiscoverySrv = "example.test",
            }
        );
        Assert.Equal(id, member.Member.MemberId);
        await member.DisposeAsync();
    }
}
