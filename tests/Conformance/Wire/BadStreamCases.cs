namespace EtcdSharp.Conformance.Wire;

/// <summary>Bytes on streaming calls that no well-behaved client sends: the stream ends, the member and its other streams go on.</summary>
public sealed class BadStreamCases(Servers servers)
{
    private const string WatchPath = "/etcdserverpb.Watch/Watch";
    private const string KeepAlivePath = "/etcdserverpb.Lease/LeaseKeepAlive";
    private const string SnapshotPath = "/etcdserverpb.Maintenance/Snapshot";

    private async Task<EtcdEndpoint> Here(ServerKind kind) => (await servers.Shared(kind)).Endpoint;

    /// <summary>A watch of another stream hears of a write after the bad one has ended.</summary>
    private static async Task WithAnotherStream(EtcdEndpoint etcd, Func<Task> bad)
    {
        var keys = new Keyspace();
        await using var watch = etcd.Watch();
        await watch.WriteAsync(WatchAll(keys));
        Assert.True((await watch.Next()).Created);
        await bad();
        await etcd.Fill(keys, "a");
        Assert.Single(await watch.Events(1));
    }

    [Theory]
    [OnEach(WatchPath)]
    [OnEach(KeepAlivePath)]
    public async Task AMessageThatIsNone(ServerKind kind, string path)
    {
        var etcd = await Here(kind);
        await WithAnotherStream(
            etcd,
            async () =>
            {
                var answer = await etcd.Raw(path, GrpcFrame.Of([0x0A, 0x7F, 1]));
                Assert.Equal(200, answer.HttpStatus);
                Assert.Equal(GrpcCode.Internal, answer.Code);
                Assert.StartsWith("grpc: failed to unmarshal the received message: ", answer.Detail, StringComparison.Ordinal);
            }
        );
    }

    [Theory]
    [OnEach(WatchPath)]
    [OnEach(KeepAlivePath)]
    [OnEach(SnapshotPath)]
    public async Task AFrameThatClaimsMoreThanTheLimit(ServerKind kind, string path)
    {
        var etcd = await Here(kind);
        await WithAnotherStream(
            etcd,
            async () =>
            {
                var answer = await etcd.Raw(path, [0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
                Assert.Equal(GrpcCode.ResourceExhausted, answer.Code);
                Assert.Equal("grpc: received message larger than max (4294967295 vs. 2097152)", answer.Detail);
            }
        );
    }

    [Theory]
    [OnEach(WatchPath, new byte[] { 0, 0, 0, 0, 9, 1, 2 })]
    [OnEach(KeepAlivePath, new byte[] { 0, 0, 0, 0, 9, 1, 2 })]
    public async Task AStreamThatEndsInsideAFrame(ServerKind kind, string path, byte[] body)
    {
        var etcd = await Here(kind);
        await WithAnotherStream(
            etcd,
            async () =>
            {
                var answer = await etcd.Raw(path, body);
                Assert.Equal((GrpcCode.Internal, "unexpected EOF"), (answer.Code, answer.Detail));
            }
        );
    }

    [Theory, OnEach]
    public async Task ACompressionFlagThatIsNone(ServerKind kind)
    {
        var etcd = await Here(kind);
        await WithAnotherStream(
            etcd,
            async () =>
            {
                var answer = await etcd.Raw(WatchPath, [7, 0, 0, 0, 0]);
                Assert.Equal(GrpcCode.Internal, answer.Code);
                Assert.Equal("grpc: received unexpected payload format 7", answer.Detail);
            }
        );
    }

    [Theory, OnEach]
    public async Task CompressedBytesThatAreNone(ServerKind kind)
    {
        var etcd = await Here(kind);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["grpc-encoding"] = "gzip" };
        await WithAnotherStream(
            etcd,
            async () =>
            {
                var answer = await etcd.Raw(WatchPath, [1, 0, 0, 0, 3, 1, 2, 3], headers: headers);
                Assert.Equal(GrpcCode.Internal, answer.Code);
            }
        );
    }

    // What is said before the bad frame counts.
    [Theory, OnEach]
    public async Task TheFramesBeforeABadOneAreAnswered(ServerKind kind)
    {
        var etcd = await Here(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        byte[] body = [.. GrpcFrame.Of(new LeaseKeepAliveRequest { ID = lease }), .. GrpcFrame.Of([0x0B])];
        var answer = await etcd.Raw(KeepAlivePath, body);
        Assert.Equal(GrpcCode.Internal, answer.Code);
        var kept = LeaseKeepAliveResponse.Parser.ParseFrom(answer.Body.AsSpan(GrpcFrame.PrefixLength));
        Assert.Equal((lease, 600L), (kept.ID, kept.TTL));
    }
}
