namespace EtcdSharp.Conformance.Members;

/// <summary>The members of the cluster, asked and changed through a cluster of one.</summary>
public sealed class ClusterCases(Servers servers)
{
    private const string NotFound = "etcdserver: member not found";
    private const string BadUrls = "etcdserver: given member URLs are invalid";

    private async Task<EtcdEndpoint> Here(ServerKind kind) => (await servers.Shared(kind)).Endpoint;

    private static Task<MemberAddResponse> Add(EtcdEndpoint etcd, bool learner, params string[] urls) =>
        etcd.Call<MemberAddResponse>(
            "/etcdserverpb.Cluster/MemberAdd",
            new MemberAddRequest { IsLearner = learner, PeerURLs = { urls } }
        );

    private static Task<MemberRemoveResponse> Remove(EtcdEndpoint etcd, ulong id) =>
        etcd.Call<MemberRemoveResponse>("/etcdserverpb.Cluster/MemberRemove", new MemberRemoveRequest { ID = id });

    private static Task<MemberUpdateResponse> Update(EtcdEndpoint etcd, ulong id, params string[] urls) =>
        etcd.Call<MemberUpdateResponse>(
            "/etcdserverpb.Cluster/MemberUpdate",
            new MemberUpdateRequest { ID = id, PeerURLs = { urls } }
        );

    private static Task<MemberPromoteResponse> Promote(EtcdEndpoint etcd, ulong id) =>
        etcd.Call<MemberPromoteResponse>("/etcdserverpb.Cluster/MemberPromote", new MemberPromoteRequest { ID = id });

    [Theory]
    [OnEach(true)]
    [OnEach(false)]
    public async Task TheListHasTheOneMember(ServerKind kind, bool linearizable)
    {
        await using var server = await Servers.Fresh(kind);
        var list = await server.Endpoint.MemberList(linearizable);
        var member = Assert.Single(list.Members);
        Assert.Equal(list.Header.MemberId, member.ID);
        Assert.Equal("default", member.Name);
        Assert.False(member.IsLearner);
        Assert.Equal(server.Address.GetLeftPart(UriPartial.Authority), Assert.Single(member.ClientURLs));
        Assert.StartsWith("http://127.0.0.1:", Assert.Single(member.PeerURLs), StringComparison.Ordinal);
    }

    // The ids follow from the peer addresses and the token, so that members agree on them without talking.
    [Theory, OnEach]
    public async Task IdsFollowFromTheAddresses(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Given, "needs servers of its own");
        var first = await IdsOf(kind, 23_987);
        var second = await IdsOf(kind, 23_988);
        Assert.NotEqual(first, second);
        Assert.Equal((3776965688901300126UL, 14096517801681184026UL), first);
    }

    [Theory, OnEach]
    public async Task ALearnerIsAddedListedAndRemoved(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        var added = await Add(etcd, true, "http://127.0.0.1:1");
        Assert.True(added.Member.IsLearner);
        Assert.Equal("", added.Member.Name);
        Assert.Equal(["http://127.0.0.1:1"], added.Member.PeerURLs);
        Assert.Empty(added.Member.ClientURLs);
        Assert.Equal(2, added.Members.Count);
        var list = await etcd.MemberList();
        Assert.Contains(added.Member, list.Members);
        var removed = await Remove(etcd, added.Member.ID);
        Assert.Equal(list.Header.MemberId, Assert.Single(removed.Members).ID);
        Assert.Single((await etcd.MemberList()).Members);
    }

    [Theory, OnEach]
    public async Task ALearnersAddressMayChange(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var added = await Add(server.Endpoint, true, "http://127.0.0.1:1");
        var updated = await Update(server.Endpoint, added.Member.ID, "http://127.0.0.1:2", "http://127.0.0.1:3");
        var member = Assert.Single(updated.Members, candidate => candidate.ID == added.Member.ID);
        Assert.Equal(["http://127.0.0.1:2", "http://127.0.0.1:3"], member.PeerURLs);
    }

    [Theory, OnEach]
    public async Task ASecondLearnerIsRefused(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        await Add(server.Endpoint, true, "http://127.0.0.1:1");
        await Refused(
            GrpcCode.FailedPrecondition,
            "etcdserver: too many learner members in cluster",
            Add(server.Endpoint, true, "http://127.0.0.1:2")
        );
    }

    [Theory, OnEach]
    public async Task ALearnerThatNeverSpokeIsNotPromoted(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var added = await Add(server.Endpoint, true, "http://127.0.0.1:1");
        await Refused(
            GrpcCode.FailedPrecondition,
            "etcdserver: can only promote a learner member which is in sync with leader",
            Promote(server.Endpoint, added.Member.ID)
        );
    }

    [Theory, OnEach]
    public async Task AVoterIsNotPromoted(ServerKind kind)
    {
        var etcd = await Here(kind);
        var self = (await etcd.MemberList()).Header.MemberId;
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: can only promote a learner member", Promote(etcd, self));
    }

    [Theory, OnEach]
    public async Task AnAddressInUseIsRefused(ServerKind kind)
    {
        var etcd = await Here(kind);
        var url = (await etcd.MemberList()).Members[0].PeerURLs[0];
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: Peer URLs already exists", Add(etcd, true, url));
    }

    [Theory]
    [OnEach("remove")]
    [OnEach("update")]
    [OnEach("promote")]
    public async Task AnUnknownMemberIsRefused(ServerKind kind, string what)
    {
        var etcd = await Here(kind);
        Task call = what switch
        {
            "remove" => Remove(etcd, 12345),
            "update" => Update(etcd, 12345, "http://127.0.0.1:1"),
            _ => Promote(etcd, 12345),
        };
        await Refused(GrpcCode.NotFound, NotFound, call);
    }

    [Theory]
    [OnEach("")]
    [OnEach("nonsense")]
    [OnEach("ftp://127.0.0.1:1")]
    [OnEach("http://127.0.0.1")]
    [OnEach("http://127.0.0.1:1/path")]
    public async Task ABadAddressIsRefused(ServerKind kind, string url) =>
        await Refused(GrpcCode.InvalidArgument, BadUrls, Add(await Here(kind), false, url));

    [Theory, OnEach]
    public async Task NoAddressIsRefused(ServerKind kind) =>
        await Refused(GrpcCode.InvalidArgument, BadUrls, Add(await Here(kind), false));

    [Theory, OnEach]
    public async Task TheLastMemberIsNotRemoved(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var self = (await server.Endpoint.MemberList()).Header.MemberId;
        await Refused(
            GrpcCode.Unknown,
            "etcdserver: re-configuration failed due to not enough started members",
            Remove(server.Endpoint, self)
        );
    }

    private static async Task<(ulong Cluster, ulong Member)> IdsOf(ServerKind kind, int peerPort)
    {
        // The later flags win over those that every test server gets.
        var peer = $"http://127.0.0.1:{peerPort}";
        await using var server = await Servers.Fresh(
            kind,
            "--initial-advertise-peer-urls",
            peer,
            "--initial-cluster",
            $"default={peer}"
        );
        var header = (await server.Endpoint.MemberList()).Header;
        return (header.ClusterId, header.MemberId);
    }
}
