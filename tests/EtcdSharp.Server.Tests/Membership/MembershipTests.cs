using System.Text;
using EtcdSharp.Api.Errors;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Server.Tests.Membership;

public sealed class MembershipTests
{
    [Fact]
    public void Ids_are_those_that_etcd_computes()
    {
        var id = MemberIds.ForMember(["http://localhost:2380"], "etcd-cluster");
        Assert.Equal("8e9e05c52164694d", MemberIds.ToText(id));
        Assert.Equal("cdf818194e3a8c32", MemberIds.ToText(MemberIds.ForCluster([id])));
        Assert.NotEqual(id, MemberIds.ForMember(["http://localhost:2380"], "etcd-cluster", DateTimeOffset.UnixEpoch));
        Assert.Equal(
            MemberIds.ForMember(["http://a:1", "http://b:1"], "t"),
            MemberIds.ForMember(["http://b:1", "http://a:1"], "t")
        );
    }

    [Theory]
    [InlineData("{\"id\":5,\"peerURLs\":[\"http://a:1\"],\"name\":\"n\"}", 5UL, false, "n", false)]
    [InlineData(
        "{\"id\":18446744073709551615,\"peerURLs\":[\"http://a:1\"],\"isLearner\":true}",
        ulong.MaxValue,
        true,
        "",
        false
    )]
    [InlineData("{\"id\":7,\"peerURLs\":null,\"isPromote\":true}", 7UL, false, "", true)]
    public void Members_are_read_from_the_json_of_etcd(string json, ulong id, bool learner, string name, bool promote)
    {
        var (member, isPromote) = MemberJson.Decode(Encoding.UTF8.GetBytes(json));
        Assert.Equal((id, learner, name, promote), (member.Id, member.IsLearner, member.Name, isPromote));
        var written = promote ? MemberJson.EncodePromotion(id) : MemberJson.Encode(member);
        Assert.Equal(json, Encoding.UTF8.GetString(written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"id\":\"x\"}")]
    public void What_is_no_member_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => MemberJson.Decode(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("3.7.1", 3, 7, 1)]
    [InlineData("v3.5", 3, 5, 0)]
    [InlineData("3.8.0-alpha.0", 3, 8, 0)]
    public void Versions_are_read(string text, int major, int minor, int patch)
    {
        Assert.True(EtcdVersion.TryParse(text, out var version));
        Assert.Equal(new EtcdVersion(major, minor, patch), version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("3.x")]
    [InlineData("3.7.1.2")]
    [InlineData("-1.2")]
    public void What_is_no_version_is_refused(string text) => Assert.False(EtcdVersion.TryParse(text, out _));

    [Theory]
    [InlineData("http://a:2380", true)]
    [InlineData("https://[::1]:2380", true)]
    [InlineData("unix://sock", true)]
    [InlineData("http://a", false)]
    [InlineData("http://a:2380/path", false)]
    [InlineData("ftp://a:1", false)]
    [InlineData("a:2380", false)]
    public void Urls_are_accepted_as_etcd_accepts_them(string url, bool accepted) =>
        Assert.Equal(accepted, PeerUrls.TryParse([url]) is not null);

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 3, true)]
    [InlineData(3, 2, false)]
    [InlineData(4, 3, true)]
    public void A_voter_is_added_only_where_a_quorum_has_started(int voters, int started, bool allowed) =>
        Assert.Equal(allowed, ReconfigurationRules.MayAddVoter(View(voters, started)));

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(3, 3, true)]
    [InlineData(3, 2, false)]
    public void A_voter_is_removed_only_where_a_quorum_remains(int voters, int started, bool allowed) =>
        Assert.Equal(allowed, ReconfigurationRules.MayRemoveVoter(View(voters, started), id: 1));

    [Fact]
    public void A_removed_member_never_comes_back()
    {
        var view = View(2, 2).Without(2);
        var change = new ConfChange(1, ConfChangeType.AddNode, 2, MemberJson.Encode(new MemberInfo(2, ["http://x:1"])));
        Assert.Same(EtcdError.MemberNotFound, ReconfigurationRules.CheckApply(view, change, learnersMax: 1));
    }

    private static ClusterView View(int voters, int started) =>
        Enumerable
            .Range(1, voters)
            .Aggregate(
                ClusterView.Empty,
                (view, i) => view.With(new MemberInfo((ulong)i, [$"http://m{i}:1"], Name: i <= started ? $"m{i}" : ""))
            );
}
