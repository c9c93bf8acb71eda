using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberClusterTests
{
    [Fact]
    public async Task The_member_is_listed_with_what_it_published()
    {
        await using var member = await TestMember.StartAsync(configure: o =>
            o with
            {
                Name = "m1",
                AdvertiseClientUrls = ["http://10.0.0.1:2379"],
            }
        );
        var list = await member.Channel.UnaryAsync(ClusterMethods.MemberList, new MemberListRequest { Linearizable = true });
        var listed = Assert.Single(list.Members);
        Assert.Equal(
            ("m1", member.Member.MemberId, "http://localhost:2380", "http://10.0.0.1:2379", false),
            (listed.Name, listed.ID, listed.PeerURLs[0], listed.ClientURLs[0], listed.IsLearner)
        );
        Assert.Equal(0, list.Header.Revision);
    }

    [Fact]
    public async Task A_learner_is_added_changed_and_removed_and_a_restart_knows()
    {
        var member = await TestMember.StartAsync();
        var added = await member.Channel.UnaryAsync(
            ClusterMethods.MemberAdd,
            new MemberAddRequest { PeerURLs = { "http://10.0.0.2:2380" }, IsLearner = true }
        );
        Assert.Equal(2, added.Members.Count);
        Assert.True(added.Member.IsLearner);
        var updated = await member.Channel.UnaryAsync(
            ClusterMethods.MemberUpdate,
            new MemberUpdateRequest { ID = added.Member.ID, PeerURLs = { "http://10.0.0.3:2380" } }
        );
        Assert.Contains(updated.Members, other => other.PeerURLs.Contains("http://10.0.0.3:2380"));
        await Refused(
            member,
            EtcdError.LearnerNotReady,
            ClusterMethods.MemberPromote,
            new MemberPromoteRequest { ID = added.Member.ID }
        );
        await Refused(
            member,
            EtcdError.TooManyLearners,
            ClusterMethods.MemberAdd,
            new MemberAddRequest { PeerURLs = { "http://10.0.0.4:2380" }, IsLearner = true }
        );
        await Refused(
            member,
            EtcdError.PeerURLExist,
            ClusterMethods.MemberAdd,
            new MemberAddRequest { PeerURLs = { "http://localhost:2380" }, IsLearner = true }
        );
        await member.PutAsync("a", "1");
        var removed = await member.Channel.UnaryAsync(
            ClusterMethods.MemberRemove,
            new MemberRemoveRequest { ID = added.Member.ID }
        );
        Assert.Single(removed.Members);
        await Refused(
            member,
            EtcdError.MemberNotFound,
            ClusterMethods.MemberRemove,
            new MemberRemoveRequest { ID = added.Member.ID }
        );

        member = await member.RestartAsync();
        await using var _ = member;
        Assert.Contains(added.Member.ID, member.Member.Store.Cluster.View.Removed.AsEnumerable());
        Assert.Equal("1", await member.GetAsync("a"));
        Assert.True(member.Member.Node.State.AppliedStateIsCurrent);
    }

    [Fact]
    public async Task Changes_that_make_no_sense_are_refused_as_etcd_refuses_them()
    {
        await using var member = await TestMember.StartAsync();
        await Refused(
            member,
            EtcdError.MemberBadURLs,
            ClusterMethods.MemberAdd,
            new MemberAddRequest { PeerURLs = { "nonsense" } }
        );
        await Refused(member, EtcdError.MemberBadURLs, ClusterMethods.MemberAdd, new MemberAddRequest());
        await Refused(member, EtcdError.MemberNotFound, ClusterMethods.MemberRemove, new MemberRemoveRequest { ID = 77 });
        await Refused(
            member,
            EtcdError.MemberNotFound,
            ClusterMethods.MemberUpdate,
            new MemberUpdateRequest { ID = 77, PeerURLs = { "http://10.0.0.9:2380" } }
        );
        await Refused(member, EtcdError.MemberNotFound, ClusterMethods.MemberPromote, new MemberPromoteRequest { ID = 77 });
        await Refused(
            member,
            EtcdError.MemberNotEnoughStarted,
            ClusterMethods.MemberRemove,
            new MemberRemoveRequest { ID = member.Member.MemberId }
        );
        await member.PutAsync("still", "alive");
    }

    private static async Task Refused<TRequest, TResponse>(
        TestMember member,
        EtcdError expected,
        EtcdSharp.Grpc.GrpcMethod<TRequest, TResponse> method,
        TRequest request
    )
    {
        var status = await TestMember.RefusalAsync(async () => await member.Channel.UnaryAsync(method, request));
        Assert.Equal((expected.Message, (int)expected.Code), (status.Message, (int)status.Code));
    }
}
