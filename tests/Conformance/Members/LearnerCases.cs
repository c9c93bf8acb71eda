namespace EtcdSharp.Conformance.Members;

/// <summary>A member that does not vote yet answers little: what it would have to ask the leader about, it refuses.</summary>
public sealed class LearnerCases
{
    private const string NotForLearners = "etcdserver: rpc not supported for learner";

    [Theory, OnEach]
    public async Task ALearnerAnswersFromItsOwnStateAlone(ServerKind kind)
    {
        await using var voter = await Servers.Fresh(kind);
        await voter.Endpoint.Put(Put(Utf8("a"), "1"));
        await using var learner = await AddLearner(voter, kind);
        var etcd = learner.Endpoint;
        var ownState = Get(Utf8("a"));
        ownState.Serializable = true;
        await WaitFor(async () => (await etcd.Range(ownState)).Kvs is [var kv] && kv.Value.ToStringUtf8() == "1");
        Assert.True((await etcd.Status()).IsLearner);

        // 3.5 called it unavailable, so that clients asked again and again.
        var code = kind == ServerKind.Real ? GrpcCode.Unavailable : GrpcCode.FailedPrecondition;
        await Refused(code, NotForLearners, etcd.Range(Get(Utf8("a"))));
        await Refused(code, NotForLearners, etcd.Put(Put(Utf8("a"), "2")));
        await Refused(code, NotForLearners, etcd.Txn(Txn(Op(ownState))));
        await Refused(code, NotForLearners, etcd.LeaseGrant(new LeaseGrantRequest { TTL = 60 }));
        await Refused(code, NotForLearners, etcd.MemberList(linearizable: false));
        await Refused(code, NotForLearners, etcd.HashKV());
        await using var watch = etcd.Watch();
        await Refused(code, NotForLearners, watch.ReadAsync());
        await using var keepAlive = etcd.LeaseKeepAlive();
        await Refused(code, NotForLearners, keepAlive.ReadAsync());
        Assert.NotEmpty(await etcd.ServerStream<SnapshotResponse>("/etcdserverpb.Maintenance/Snapshot", new SnapshotRequest()));
    }

    private static async Task<EtcdServer> AddLearner(EtcdServer voter, ServerKind kind)
    {
        var peer = $"http://127.0.0.1:{FreePort.Next()}";
        var added = await voter.Endpoint.Call<MemberAddResponse>(
            "/etcdserverpb.Cluster/MemberAdd",
            new MemberAddRequest { IsLearner = true, PeerURLs = { peer } }
        );
        var voterPeer = added.Members.Single(member => !member.IsLearner).PeerURLs[0];
        string[] arguments =
        [
            "--name",
            "learner",
            "--listen-peer-urls",
            peer,
            "--initial-advertise-peer-urls",
            peer,
            "--initial-cluster",
            $"default={voterPeer},learner={peer}",
            "--initial-cluster-state",
            "existing",
            "--log-level",
            "warn",
        ];
        return EtcdServer.Launch(kind, new ServerOptions(arguments));
    }

    private static async Task WaitFor(Func<Task<bool>> condition)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or GrpcFailure && DateTime.UtcNow < limit)
            {
                // The member is not up yet.
                await Task.Delay(20);
            }
            Assert.True(DateTime.UtcNow < limit, "the learner never had the key");
        }
    }
}
