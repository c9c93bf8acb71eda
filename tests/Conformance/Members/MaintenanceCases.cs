using System.Security.Cryptography;

namespace EtcdSharp.Conformance.Members;

public sealed class MaintenanceCases(Servers servers)
{
    private const string NoSpace = "etcdserver: mvcc: database space exceeded";

    private async Task<EtcdEndpoint> Here(ServerKind kind) => (await servers.Shared(kind)).Endpoint;

    private static Task<AlarmResponse> Alarms(EtcdEndpoint etcd) => etcd.Alarm(new AlarmRequest());

    private static AlarmRequest Activate(AlarmType alarm, ulong member) =>
        new()
        {
            Action = AlarmRequest.Types.AlarmAction.Activate,
            Alarm = alarm,
            MemberID = member,
        };

    private static AlarmRequest Deactivate(AlarmType alarm, ulong member) =>
        new()
        {
            Action = AlarmRequest.Types.AlarmAction.Deactivate,
            Alarm = alarm,
            MemberID = member,
        };

    private static Task<DefragmentResponse> Defragment(EtcdEndpoint etcd) =>
        etcd.Call<DefragmentResponse>("/etcdserverpb.Maintenance/Defragment", new DefragmentRequest());

    [Theory, OnEach]
    public async Task StatusDescribesTheMember(ServerKind kind)
    {
        var etcd = await Here(kind);
        await etcd.Put(Put(new Keyspace()["a"], "x"));
        var status = await etcd.Status();
        Assert.Matches(@"^3\.\d+\.\d+", status.Version);
        Assert.Equal(status.Header.MemberId, status.Leader);
        Assert.True(status.DbSize > 0);
        Assert.InRange(status.DbSizeInUse, 1, status.DbSize);
        Assert.True(status.RaftIndex >= status.RaftAppliedIndex);
        Assert.True(status.RaftAppliedIndex > 0);
        Assert.Equal(status.Header.RaftTerm, status.RaftTerm);
        Assert.Empty(status.Errors);
        Assert.False(status.IsLearner);
    }

    [Theory, OnEach(Since = "3.6")]
    public async Task StatusNamesStorageVersionAndQuota(ServerKind kind)
    {
        var status = await (await Here(kind)).Status();
        Assert.Matches(@"^3\.\d+\.0$", status.StorageVersion);
        Assert.Equal(2L * 1024 * 1024 * 1024, status.DbSizeQuota);
        Assert.False(status.DowngradeInfo.Enabled);
    }

    [Theory, OnEach]
    public async Task TheAppliedIndexCountsUpWithWrites(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var before = (await server.Endpoint.Status()).RaftAppliedIndex;
        for (var i = 0; i < 10; i++)
        {
            await server.Endpoint.Put(Put(Utf8("a"), "x"));
        }
        Assert.InRange((await server.Endpoint.Status()).RaftAppliedIndex, before + 10, before + 20);
    }

    [Theory, OnEach]
    public async Task DefragmentKeepsEverything(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var revision = await server.Endpoint.Fill(keys, "a", "b", "a");
        await Defragment(server.Endpoint);
        var got = await server.Endpoint.Range(GetAll(keys));
        Assert.Equal("a b", keys.NamesOf(got.Kvs));
        Assert.Equal(revision, got.Header.Revision);
    }

    [Theory, OnEach]
    public async Task DefragmentGivesSpaceBack(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        var value = ByteString.CopyFrom(new byte[100_000]);
        long revision = 0;
        for (var i = 0; i < 50; i++)
        {
            revision = (await etcd.Put(new PutRequest { Key = Utf8("a"), Value = value })).Header.Revision;
        }
        await etcd.Compact(new CompactionRequest { Revision = revision, Physical = true });
        await Defragment(etcd);
        Assert.InRange((await etcd.Status()).DbSize, 1, 1_000_000);
    }

    [Theory, OnEach]
    public async Task ThereIsNoAlarmAtFirst(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        Assert.Empty((await Alarms(server.Endpoint)).Alarms);
    }

    [Theory]
    [OnEach(AlarmType.Nospace)]
    [OnEach(AlarmType.Corrupt)]
    public async Task AnAlarmIsRaisedListedAndCleared(ServerKind kind, AlarmType alarm)
    {
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        var self = (await etcd.Status()).Header.MemberId;
        var raised = Assert.Single((await etcd.Alarm(Activate(alarm, self))).Alarms);
        Assert.Equal((self, alarm), (raised.MemberID, raised.Alarm));
        Assert.Equal(raised, Assert.Single((await Alarms(etcd)).Alarms));
        Assert.NotEmpty((await etcd.Status()).Errors);
        Assert.Equal(raised, Assert.Single((await etcd.Alarm(Deactivate(alarm, self))).Alarms));
        Assert.Empty((await Alarms(etcd)).Alarms);
        await etcd.Put(Put(Utf8("a"), "x"));
    }

    [Theory, OnEach]
    public async Task AnAlarmOfAnotherMemberMayBeRaised(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        await server.Endpoint.Alarm(Activate(AlarmType.Nospace, 4711));
        Assert.Equal(4711UL, Assert.Single((await Alarms(server.Endpoint)).Alarms).MemberID);
        await Refused(GrpcCode.ResourceExhausted, NoSpace, server.Endpoint.Put(Put(Utf8("a"), "x")));
    }

    [Theory, OnEach]
    public async Task ClearingAnAlarmThatIsNotThereAnswersWithNothing(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        Assert.Empty((await server.Endpoint.Alarm(Deactivate(AlarmType.Nospace, 4711))).Alarms);
    }

    [Theory, OnEach]
    public async Task WithoutSpaceWritesAreRefusedAndDeletionsAreNot(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        var keys = new Keyspace();
        var revision = await etcd.Fill(keys, "a", "b");
        await etcd.Alarm(Activate(AlarmType.Nospace, (await etcd.Status()).Header.MemberId));
        await Refused(GrpcCode.ResourceExhausted, NoSpace, etcd.Put(Put(keys["c"], "x")));
        await Refused(GrpcCode.ResourceExhausted, NoSpace, etcd.Txn(Txn(Op(Put(keys["c"], "x")))));
        await Refused(GrpcCode.ResourceExhausted, NoSpace, etcd.LeaseGrant(new LeaseGrantRequest { TTL = 10 }));
        Assert.Equal("a b", keys.NamesOf((await etcd.Range(GetAll(keys))).Kvs));
        Assert.Equal("a", keys.NamesOf((await etcd.Txn(Txn(Op(Get(keys["a"]))))).Responses[0].ResponseRange.Kvs));
        Assert.Equal(1, (await etcd.DeleteRange(Delete(keys["a"]))).Deleted);
        await etcd.Compact(new CompactionRequest { Revision = revision });
    }

    [Theory, OnEach]
    public async Task ACorruptStoreRefusesReadsAndWrites(ServerKind kind)
    {
        const string Corrupt = "etcdserver: corrupt cluster";
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        await etcd.Alarm(Activate(AlarmType.Corrupt, (await etcd.Status()).Header.MemberId));
        await Refused(GrpcCode.DataLoss, Corrupt, etcd.Put(Put(Utf8("a"), "x")));
        await Refused(GrpcCode.DataLoss, Corrupt, etcd.DeleteRange(Delete(Utf8("a"))));
        await Refused(GrpcCode.DataLoss, Corrupt, etcd.Txn(Txn(Op(Put(Utf8("a"), "x")))));
        await Refused(GrpcCode.DataLoss, Corrupt, etcd.Compact(new CompactionRequest { Revision = 1 }));
        await Refused(GrpcCode.DataLoss, Corrupt, etcd.LeaseGrant(new LeaseGrantRequest { TTL = 10 }));
        await Refused(GrpcCode.DataLoss, Corrupt, etcd.LeaseRevoke(new LeaseRevokeRequest { ID = 10 }));
    }

    [Theory, OnEach]
    public async Task AFullQuotaRaisesTheAlarm(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind, "--quota-backend-bytes", $"{4 * 1024 * 1024}");
        var etcd = server.Endpoint;
        var value = ByteString.CopyFrom(new byte[500_000]);
        var taken = 0;
        var failure = await Assert.ThrowsAsync<GrpcFailure>(async () =>
        {
            for (; taken < 100; taken++)
            {
                await etcd.Put(new PutRequest { Key = Utf8($"{taken}"), Value = value });
            }
        });
        Assert.Equal((GrpcCode.ResourceExhausted, NoSpace), (failure.Code, failure.Detail));

        // The size is looked at before the batch of the last 100 ms is in the file, so that some more get in.
        Assert.InRange(taken, 4, 99);
        Assert.Equal(AlarmType.Nospace, Assert.Single((await Alarms(etcd)).Alarms).Alarm);
        Assert.Contains((await etcd.Status()).Errors, error => error.Contains("NOSPACE", StringComparison.Ordinal));
    }

    [Theory, OnEach]
    public async Task EqualContentHasEqualHashes(ServerKind kind)
    {
        await using var first = await Servers.Fresh(kind);
        await using var second = await Servers.Fresh(kind);
        var keys = new Keyspace();
        foreach (var server in new[] { first, second })
        {
            await server.Endpoint.Fill(keys, "a", "b", "c", "a");
            await server.Endpoint.DeleteRange(Delete(keys["b"]));
        }
        Assert.Equal((await first.Endpoint.HashKV()).Hash, (await second.Endpoint.HashKV()).Hash);
        Assert.Equal((await first.Endpoint.HashKV(4)).Hash, (await second.Endpoint.HashKV(4)).Hash);
        Assert.NotEqual((await first.Endpoint.HashKV(4)).Hash, (await first.Endpoint.HashKV(5)).Hash);
    }

    // The value is fixed by the format: what real etcd computes for the same four writes.
    [Theory, OnEach]
    public async Task TheHashIsTheOneOfTheFormat(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        await etcd.Put(Put(Utf8("a"), "1"));
        await etcd.Put(Put(Utf8("b"), "2"));
        await etcd.Put(Put(Utf8("a"), "3"));
        await etcd.DeleteRange(Delete(Utf8("b")));
        Assert.Equal(1125682900u, (await etcd.HashKV()).Hash);
        await etcd.Compact(new CompactionRequest { Revision = 4, Physical = true });
        Assert.Equal(1468967122u, (await etcd.HashKV()).Hash);
    }

    // Before every revision there is nothing: the hash is that of the bucket's name.
    [Theory, OnEach]
    public async Task ANegativeRevisionHashesNothing(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var empty = (await server.Endpoint.HashKV(-1)).Hash;
        var now = await server.Endpoint.Fill(new Keyspace(), "a", "b", "a", "a");
        Assert.Equal(empty, (await server.Endpoint.HashKV(-1)).Hash);
        Assert.Equal(empty, (await server.Endpoint.HashKV(long.MinValue)).Hash);
        await server.Endpoint.Compact(new CompactionRequest { Revision = now - 1, Physical = true });
        var answer = await server.Endpoint.HashKV(-7);
        Assert.Equal((empty, now - 1, now), (answer.Hash, answer.CompactRevision, answer.Header.Revision));
        Assert.Equal(1_084_519_789u, empty);
    }

    [Theory, OnEach(Since = "3.6")]
    public async Task HashKVNamesTheRevisionItHashed(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var revision = await server.Endpoint.Fill(keys, "a", "b", "c");
        Assert.Equal(revision, (await server.Endpoint.HashKV()).HashRevision);
        Assert.Equal(revision - 1, (await server.Endpoint.HashKV(revision - 1)).HashRevision);
    }

    [Theory, OnEach]
    public async Task HashChangesWithTheFile(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        async Task<uint> Hash() =>
            (await server.Endpoint.Call<HashResponse>("/etcdserverpb.Maintenance/Hash", new HashRequest())).Hash;
        var before = await Hash();
        await server.Endpoint.Put(Put(Utf8("a"), "x"));
        Assert.NotEqual(before, await Hash());
    }

    [Theory, OnEach]
    public async Task ASnapshotIsADatabaseFileWithItsHashBehindIt(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        await server.Endpoint.Fill(new Keyspace(), "a", "b");
        var parts = await server.Endpoint.ServerStream<SnapshotResponse>(
            "/etcdserverpb.Maintenance/Snapshot",
            new SnapshotRequest()
        );
        var bytes = parts.SelectMany(part => part.Blob.ToByteArray()).ToArray();

        var hash = bytes[^32..];
        var file = bytes[..^32];
        Assert.Equal(SHA256.HashData(file), hash);
        Assert.Equal(0, file.Length % 4096);
        Assert.Equal(0xED0CDAEDu, BitConverter.ToUInt32(file, 16));
        Assert.Equal(0UL, parts[^1].RemainingBytes);
        Assert.Equal(parts.Select(part => part.RemainingBytes).OrderDescending(), parts.Select(part => part.RemainingBytes));
    }

    [Theory, OnEach]
    public async Task LeadershipIsNotMovedToAStranger(ServerKind kind) =>
        await Refused(
            GrpcCode.FailedPrecondition,
            "etcdserver: bad leader transferee",
            (await Here(kind)).Call<MoveLeaderResponse>(
                "/etcdserverpb.Maintenance/MoveLeader",
                new MoveLeaderRequest { TargetID = 4711 }
            )
        );

    [Theory, OnEach]
    public async Task MovingLeadershipToTheLeaderIsTaken(ServerKind kind)
    {
        var etcd = await Here(kind);
        var self = (await etcd.Status()).Leader;
        await etcd.Call<MoveLeaderResponse>("/etcdserverpb.Maintenance/MoveLeader", new MoveLeaderRequest { TargetID = self });
        Assert.Equal(self, (await etcd.Status()).Leader);
    }

    [Theory]
    [OnEach(
        DowngradeRequest.Types.DowngradeAction.Validate,
        "nonsense",
        GrpcCode.InvalidArgument,
        "etcdserver: wrong downgrade target version format"
    )]
    [OnEach(
        DowngradeRequest.Types.DowngradeAction.Validate,
        "3.0",
        GrpcCode.InvalidArgument,
        "etcdserver: invalid downgrade target version"
    )]
    [OnEach(
        DowngradeRequest.Types.DowngradeAction.Cancel,
        "",
        GrpcCode.FailedPrecondition,
        "etcdserver: no inflight downgrade job"
    )]
    public async Task ADowngradeThatCannotBeIsRefused(
        ServerKind kind,
        DowngradeRequest.Types.DowngradeAction action,
        string version,
        GrpcCode code,
        string detail
    ) =>
        await Refused(
            code,
            detail,
            (await Here(kind)).Call<DowngradeResponse>(
                "/etcdserverpb.Maintenance/Downgrade",
                new DowngradeRequest { Action = action, Version = version }
            )
        );
}
