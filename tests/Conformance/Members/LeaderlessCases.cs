namespace EtcdSharp.Conformance.Members;

/// <summary>
/// A member that knows no leader, and clients that want to hear of it (<c>hasleader</c>). A voter that is added and
/// never comes takes the majority from a cluster of one.
/// </summary>
public sealed class LeaderlessCases
{
    private const string NoLeader = "etcdserver: no leader";

    private static readonly Dictionary<string, string> s_requireLeader = new(StringComparer.Ordinal) { ["hasleader"] = "true" };

    private static async Task<EtcdServer> WithShortElections(ServerKind kind) =>
        await Servers.Fresh(kind, "--heartbeat-interval", "20", "--election-timeout", "200");

    private static Task TakeTheMajorityAway(EtcdEndpoint etcd) =>
        etcd.Call<MemberAddResponse>(
            "/etcdserverpb.Cluster/MemberAdd",
            new MemberAddRequest { PeerURLs = { "http://127.0.0.1:1" } }
        );

    private static async Task WaitUntilLeaderless(EtcdEndpoint etcd)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(10);
        while ((await etcd.Status()).Leader != 0)
        {
            Assert.True(DateTime.UtcNow < limit, "the member still leads");
            await Task.Delay(20);
        }
    }

    [Theory, OnEach]
    public async Task WhoRequiresALeaderIsRefusedAtOnce(ServerKind kind)
    {
        await using var server = await WithShortElections(kind);
        using var strict = new EtcdEndpoint(server.Address, s_requireLeader);
        await strict.Put(Put(Utf8("a"), "1"));
        await TakeTheMajorityAway(server.Endpoint);
        await WaitUntilLeaderless(server.Endpoint);
        var ownState = Get(Utf8("a"));
        ownState.Serializable = true;
        await Refused(GrpcCode.Unavailable, NoLeader, strict.Range(ownState));
        await Refused(GrpcCode.Unavailable, NoLeader, strict.Put(Put(Utf8("a"), "2")));
        await Refused(GrpcCode.Unavailable, NoLeader, strict.Status());
        Assert.Equal("1", Assert.Single((await server.Endpoint.Range(ownState)).Kvs).Value.ToStringUtf8());
    }

    [Theory]
    [OnEach("True")]
    [OnEach("1")]
    [OnEach("")]
    public async Task OnlyTheWordTrueRequiresALeader(ServerKind kind, string word)
    {
        await using var server = await WithShortElections(kind);
        await TakeTheMajorityAway(server.Endpoint);
        await WaitUntilLeaderless(server.Endpoint);
        using var other = new EtcdEndpoint(
            server.Address,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["hasleader"] = word }
        );
        await other.Status();
    }

    [Theory, OnEach]
    public async Task StreamsOfWhoRequiresALeaderEnd(ServerKind kind)
    {
        await using var server = await WithShortElections(kind);
        using var strict = new EtcdEndpoint(server.Address, s_requireLeader);
        var lease = (await server.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await using var strictWatch = strict.Watch();
        await using var otherWatch = server.Endpoint.Watch();
        await using var strictKeepAlive = strict.LeaseKeepAlive();
        foreach (var watch in new[] { strictWatch, otherWatch })
        {
            await watch.WriteAsync(Watch(Utf8("a")));
            Assert.True((await watch.Next()).Created);
        }
        await strictKeepAlive.WriteAsync(new LeaseKeepAliveRequest { ID = lease });
        Assert.Equal(600, (await strictKeepAlive.ReadAsync())!.TTL);
        await TakeTheMajorityAway(server.Endpoint);
        await Refused(GrpcCode.Unavailable, NoLeader, strictWatch.ReadAsync());
        await Refused(GrpcCode.Unavailable, NoLeader, strictKeepAlive.ReadAsync());
        await using var late = strict.Watch();
        await Refused(GrpcCode.Unavailable, NoLeader, late.ReadAsync());
        await Assert.ThrowsAsync<TimeoutException>(() => otherWatch.ReadAsync(TimeSpan.FromMilliseconds(300)));
    }

    // Nobody answers before the time for a request is over: 5 s and two elections.
    [Theory, OnEach]
    public async Task WhoDoesNotRequireALeaderWaitsInVain(ServerKind kind)
    {
        await using var server = await WithShortElections(kind);
        var etcd = server.Endpoint;
        await TakeTheMajorityAway(etcd);
        await WaitUntilLeaderless(etcd);
        var put = etcd.Put(Put(Utf8("a"), "1"));
        var get = etcd.Range(Get(Utf8("a")));
        var members = etcd.MemberList();
        Assert.Equal(2, (await etcd.MemberList(linearizable: false)).Members.Count);
        await Refused(GrpcCode.DeadlineExceeded, "context deadline exceeded", put);
        await Refused(GrpcCode.Unavailable, "etcdserver: request timed out", get);
        await Refused(GrpcCode.Unavailable, "etcdserver: request timed out", members);
    }
}
