using System.Text;

namespace EtcdSharp.Conformance.Wire;

/// <summary>Bytes that no well-behaved client sends. Whatever comes, the next call of another client is served.</summary>
public sealed class BadInputCases(Servers servers)
{
    private const long CancelCode = 8;
    private const string Range = "/etcdserverpb.KV/Range";
    private const string PutPath = "/etcdserverpb.KV/Put";

    private async Task<EtcdEndpoint> Here(ServerKind kind) => (await servers.Shared(kind)).Endpoint;

    private static async Task StillServes(EtcdEndpoint etcd)
    {
        var keys = new Keyspace();
        await etcd.Fill(keys, "a");
        Assert.Single((await etcd.Range(GetAll(keys))).Kvs);
    }

    [Theory]
    [OnEach("/etcdserverpb.KV/Nothing", "unknown method Nothing for service etcdserverpb.KV")]
    [OnEach("/etcdserverpb.Nothing/Range", "unknown service etcdserverpb.Nothing")]
    [OnEach("/etcdserverpb.KV/range", "unknown method range for service etcdserverpb.KV")]
    [OnEach("/KV/Range", "unknown service KV")]
    public async Task AnUnknownMethod(ServerKind kind, string path, string detail)
    {
        var answer = await (await Here(kind)).Raw(path, GrpcFrame.Of(Get(Utf8("a"))));
        Assert.Equal(200, answer.HttpStatus);
        Assert.Equal((GrpcCode.Unimplemented, detail), (answer.Code, answer.Detail));
    }

    [Theory, OnEach]
    public async Task AnswersAreOfTheContentTypeOfGrpc(ServerKind kind)
    {
        var answer = await (await Here(kind)).Raw(Range, GrpcFrame.Of(Get(Utf8("a"))));
        Assert.Equal(200, answer.HttpStatus);
        Assert.Equal(GrpcCode.Ok, answer.Code);
        Assert.Equal("application/grpc", answer.ContentType);
    }

    [Theory]
    [OnEach("application/grpc+proto")]
    [OnEach("application/grpc;charset=utf-8")]
    public async Task OtherSpellingsOfTheContentType(ServerKind kind, string contentType)
    {
        var answer = await (await Here(kind)).Raw(Range, GrpcFrame.Of(Get(Utf8("a"))), contentType);
        Assert.Equal(GrpcCode.Ok, answer.Code);
    }

    [Theory]
    [OnEach(new byte[] { 0x0A }, "a key's length is missing")]
    [OnEach(new byte[] { 0x0A, 0x05, 0x61 }, "a key is cut short")]
    [OnEach(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "a length has too many bytes")]
    [OnEach(new byte[] { 0x0B }, "a group starts")]
    [OnEach(new byte[] { 0x0F }, "a wire type does not exist")]
    [OnEach(new byte[] { 0x18, 0x80 }, "a varint is cut short")]
    [OnEach(new byte[] { 0x02, 0x00 }, "a field has number 0")]
    [OnEach(new byte[] { 0x08, 0x01 }, "a key is a number")]
    public async Task AMessageThatIsNone(ServerKind kind, byte[] message, string what)
    {
        Assert.NotEmpty(what);
        var etcd = await Here(kind);
        var answer = await etcd.Raw(Range, GrpcFrame.Of(message));
        Assert.Equal(200, answer.HttpStatus);
        Assert.Equal(GrpcCode.Internal, answer.Code);
        Assert.StartsWith("grpc: error unmarshalling request: ", answer.Detail, StringComparison.Ordinal);
        await StillServes(etcd);
    }

    [Theory, OnEach]
    public async Task AnUnknownFieldIsStepped0ver(ServerKind kind)
    {
        var etcd = await Here(kind);
        byte[] unknown = [.. Get(Utf8("a")).ToByteArray(), 0xA2, 0x06, 0x03, 1, 2, 3, 0xA8, 0x06, 0x05];
        Assert.Equal(GrpcCode.Ok, (await etcd.Raw(Range, GrpcFrame.Of(unknown))).Code);
    }

    [Theory, OnEach]
    public async Task TheLastOfARepeatedSingleFieldCounts(ServerKind kind)
    {
        var etcd = await Here(kind);
        var keys = new Keyspace();
        await etcd.Fill(keys, "a", "b");
        byte[] twice = [.. Get(keys["a"]).ToByteArray(), .. Get(keys["b"]).ToByteArray()];
        var answer = await etcd.Raw(Range, GrpcFrame.Of(twice));
        var got = RangeResponse.Parser.ParseFrom(answer.Body.AsSpan(GrpcFrame.PrefixLength));
        Assert.Equal("b", keys.NamesOf(got.Kvs));
    }

    [Theory, OnEach]
    public async Task TheLastOfAOneofCounts(ServerKind kind)
    {
        var etcd = await Here(kind);
        var keys = new Keyspace();
        await etcd.Fill(keys, "a");
        byte[] both = [.. Op(Get(keys["a"])).ToByteArray(), .. Op(Delete(keys["a"])).ToByteArray()];
        byte[] txn = [0x12, (byte)both.Length, .. both];
        var answer = await etcd.Raw("/etcdserverpb.KV/Txn", GrpcFrame.Of(txn));
        Assert.Equal(GrpcCode.Ok, answer.Code);
        Assert.Empty((await etcd.Range(GetAll(keys))).Kvs);
    }

    [Theory, OnEach]
    public async Task AnEmptyMessageIsAnEmptyRequest(ServerKind kind)
    {
        var answer = await (await Here(kind)).Raw(Range, GrpcFrame.Of([]));
        Assert.Equal((GrpcCode.InvalidArgument, "etcdserver: key is not provided"), (answer.Code, answer.Detail));
    }

    // A call with one request whose body ends before that request is there.
    // The code and the words are those of the transport library, which changed them between 3.5 and 3.7.
    [Theory]
    [OnEach(new byte[] { })]
    [OnEach(new byte[] { 0, 0 })]
    [OnEach(new byte[] { 0, 0, 0, 0, 9, 1, 2 })]
    public async Task ABodyThatEndsEarly(ServerKind kind, byte[] body)
    {
        var etcd = await Here(kind);
        var answer = await etcd.Raw(PutPath, body);
        Assert.Contains(answer.Code, (GrpcCode?[])[GrpcCode.Unknown, GrpcCode.Internal]);
        await StillServes(etcd);
    }

    [Theory, OnEach]
    public async Task AFrameThatClaimsMoreThanTheLimit(ServerKind kind)
    {
        var etcd = await Here(kind);
        var answer = await etcd.Raw(PutPath, [0, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
        Assert.Equal(GrpcCode.ResourceExhausted, answer.Code);
        Assert.Equal("grpc: received message larger than max (2147483647 vs. 2097152)", answer.Detail);
        await StillServes(etcd);
    }

    // 1.5 MiB of request and 512 KiB of overhead: beyond that the transport refuses before etcd looks.
    [Theory, OnEach]
    public async Task AMessageAboveTheTransportsLimit(ServerKind kind)
    {
        var etcd = await Here(kind);
        var keys = new Keyspace();
        var request = new PutRequest { Key = keys["a"], Value = ByteString.CopyFrom(new byte[3_000_000]) };
        var failure = await Assert.ThrowsAsync<GrpcFailure>(() => etcd.Put(request));
        Assert.Equal(GrpcCode.ResourceExhausted, failure.Code);
        Assert.Equal($"grpc: received message larger than max ({request.CalculateSize()} vs. 2097152)", failure.Detail);
        await StillServes(etcd);
    }

    [Theory, OnEach]
    public async Task ACompressedFrameWithoutAnEncoding(ServerKind kind)
    {
        var answer = await (await Here(kind)).Raw(Range, [1, 0, 0, 0, 0]);
        Assert.Equal(GrpcCode.Internal, answer.Code);
        Assert.Equal("grpc: compressed flag set with identity or empty encoding", answer.Detail);
    }

    [Theory, OnEach]
    public async Task AnUnknownEncoding(ServerKind kind)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["grpc-encoding"] = "nonsense" };
        var answer = await (await Here(kind)).Raw(Range, GrpcFrame.Of(Get(Utf8("a"))), headers: headers);
        Assert.Equal(GrpcCode.Unimplemented, answer.Code);
        Assert.Equal("grpc: Decompressor is not installed for grpc-encoding \"nonsense\"", answer.Detail);
    }

    [Theory]
    [OnEach("application/json")]
    [OnEach("text/plain")]
    [OnEach("application/grpcx")]
    public async Task AnotherContentTypeIsNotGrpc(ServerKind kind, string contentType)
    {
        var answer = await (await Here(kind)).Raw(Range, GrpcFrame.Of(Get(Utf8("a"))), contentType);
        Assert.Equal(415, answer.HttpStatus);
        Assert.Equal(
            (GrpcCode.InvalidArgument, $"invalid gRPC request content-type \"{contentType}\""),
            (answer.Code, answer.Detail)
        );
    }

    [Theory, OnEach]
    public async Task AnotherVerbIsNotGrpc(ServerKind kind)
    {
        var answer = await (await Here(kind)).Raw(Range, [], verb: HttpMethod.Delete);
        Assert.Equal(405, answer.HttpStatus);
        Assert.Equal(
            (GrpcCode.Internal, "Received a HEADERS frame with :method \"DELETE\" which should be POST"),
            (answer.Code, answer.Detail)
        );
    }

    [Theory]
    [OnEach("1n")]
    [OnEach("1u")]
    public async Task ADeadlineThatIsOver(ServerKind kind, string timeout)
    {
        var etcd = await Here(kind);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["grpc-timeout"] = timeout };
        try
        {
            var answer = await etcd.Raw(Range, GrpcFrame.Of(Get(Utf8("a"))), headers: headers);
            Assert.Equal(GrpcCode.DeadlineExceeded, answer.Code);
        }
        catch (HttpRequestException reset) when (reset.InnerException is HttpProtocolException { ErrorCode: CancelCode })
        {
            // Either the server looks at the clock first and answers, or the transport gives the stream up.
        }
        await StillServes(etcd);
    }

    [Theory]
    [OnEach("soon")]
    [OnEach("5")]
    [OnEach("123456789S")]
    public async Task ADeadlineThatIsNone(ServerKind kind, string timeout)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["grpc-timeout"] = timeout };
        var answer = await (await Here(kind)).Raw(Range, GrpcFrame.Of(Get(Utf8("a"))), headers: headers);
        Assert.Equal(GrpcCode.Internal, answer.Code);
    }

    [Theory, OnEach]
    public async Task ALongDeadlineChangesNothing(ServerKind kind)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["grpc-timeout"] = "99999999H" };
        Assert.Equal(GrpcCode.Ok, (await (await Here(kind)).Raw(Range, GrpcFrame.Of(Get(Utf8("a"))), headers: headers)).Code);
    }

    [Theory]
    [OnEach("sort order")]
    [OnEach("sort target")]
    public async Task AnUnknownEnumValueIsTaken(ServerKind kind, string what)
    {
        // On one key nothing is sorted: real etcd 3.5 ends on a larger answer, later ones refuse.
        Assert.SkipWhen(kind == ServerKind.Real, "etcd 3.5 ends when it has to sort by what it does not know");
        var request = new RangeRequest { Key = Utf8("a") };
        if (what == "sort order")
        {
            request.SortOrder = (RangeRequest.Types.SortOrder)9;
        }
        else
        {
            request.SortTarget = (RangeRequest.Types.SortTarget)9;
        }
        await Refused(GrpcCode.InvalidArgument, "etcdserver: invalid sort option", (await Here(kind)).Range(request));
    }

    [Theory, OnEach]
    public async Task MetadataOfTheCallersOwnDoesNoHarm(ServerKind kind)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["x-own"] = new string('v', 4000),
            ["x-own-bin"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("bytes")),
            ["hasleader"] = "true",
            ["client-api-version"] = "3.5.30",
        };
        Assert.Equal(GrpcCode.Ok, (await (await Here(kind)).Raw(Range, GrpcFrame.Of(Get(Utf8("a"))), headers: headers)).Code);
    }

    [Theory]
    [OnEach("one key written twice", "etcdserver: duplicate key given in txn request")]
    [OnEach("empty key", "etcdserver: key is not provided")]
    public async Task ARefusedTransactionLeavesNothing(ServerKind kind, string what, string detail)
    {
        var etcd = await Here(kind);
        var keys = new Keyspace();
        var bad = what == "empty key" ? Op(new PutRequest()) : Op(Put(keys["a"], "2"));
        await Refused(GrpcCode.InvalidArgument, detail, etcd.Txn(Txn(Op(Put(keys["a"], "1")), bad)));
        Assert.Empty((await etcd.Range(GetAll(keys))).Kvs);
    }
}
