namespace EtcdSharp.Conformance.Kv;

/// <summary>A range in pieces, all of one revision; what is said once is said in the last piece.</summary>
public sealed class RangeStreamCases(Servers servers)
{
    private const string Path = "/etcdserverpb.KV/RangeStream";

    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> Here(ServerKind kind) =>
        ((await servers.Shared(kind)).Endpoint, new Keyspace());

    private static async Task<List<RangeResponse>> Stream(EtcdEndpoint etcd, RangeRequest request) =>
        [.. (await etcd.ServerStream<RangeStreamResponse>(Path, request)).Select(answer => answer.RangeResponse)];

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"k{i:D3}")];

    [Theory]
    [OnEach(0L, 35, 35L, false, Since = "3.7")]
    [OnEach(7L, 7, 35L, true, Since = "3.7")]
    [OnEach(10L, 10, 35L, true, Since = "3.7")]
    [OnEach(31L, 31, 35L, true, Since = "3.7")]
    [OnEach(35L, 35, 35L, false, Since = "3.7")]
    [OnEach(99L, 35, 35L, false, Since = "3.7")]
    public async Task TheLastPieceHasHeaderMoreAndCount(ServerKind kind, long limit, int given, long count, bool more)
    {
        var (etcd, keys) = await Here(kind);
        var revision = await etcd.Fill(keys, Names(35));
        var request = GetAll(keys);
        request.Limit = limit;
        var pieces = await Stream(etcd, request);
        Assert.Equal(Names(35).Take(given), pieces.SelectMany(piece => piece.Kvs).Select(kv => keys.NameOf(kv.Key)));
        Assert.All(pieces.SkipLast(1), piece => Assert.Equal((null, false, 0L), (piece.Header, piece.More, piece.Count)));
        Assert.Equal((more, count), (pieces[^1].More, pieces[^1].Count));
        Assert.True(pieces[^1].Header.Revision >= revision);
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task AnOldRevisionIsCountedAtThatRevision(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var then = await etcd.Fill(keys, Names(25));
        await etcd.DeleteRange(Delete(keys["k003"]));
        var now = await etcd.Fill(keys, "k900", "k901");
        var request = GetAll(keys);
        request.Revision = then;
        request.Limit = 12;
        var pieces = await Stream(etcd, request);
        Assert.Equal(Names(12), pieces.SelectMany(piece => piece.Kvs).Select(kv => keys.NameOf(kv.Key)));
        Assert.Equal((true, 25L), (pieces[^1].More, pieces[^1].Count));
        Assert.True(pieces[^1].Header.Revision >= now);
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task ACountAloneIsOnePiece(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Fill(keys, Names(25));
        var request = GetAll(keys);
        request.CountOnly = true;
        var piece = Assert.Single(await Stream(etcd, request));
        Assert.Equal((0, 25L, false), (piece.Kvs.Count, piece.Count, piece.More));
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task NothingIsOnePieceToo(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var piece = Assert.Single(await Stream(etcd, GetAll(keys)));
        Assert.Equal((0, 0L, false), (piece.Kvs.Count, piece.Count, piece.More));
        Assert.NotEqual(0, piece.Header.Revision);
    }

    [Theory]
    [OnEach(RangeRequest.Types.SortTarget.Version, Since = "3.7")]
    [OnEach(RangeRequest.Types.SortTarget.Create, Since = "3.7")]
    [OnEach(RangeRequest.Types.SortTarget.Mod, Since = "3.7")]
    [OnEach(RangeRequest.Types.SortTarget.Value, Since = "3.7")]
    public async Task ATargetWithoutAnOrderSortsAscending(ServerKind kind, RangeRequest.Types.SortTarget target)
    {
        var (etcd, keys) = await Here(kind);

        // Few enough for the first piece: what etcd sorts.
        foreach (
            var (name, value) in new[] { ("c", "1"), ("a", "3"), ("d", "2"), ("b", "0"), ("c", "4"), ("a", "1"), ("c", "1") }
        )
        {
            await etcd.Put(new PutRequest { Key = keys[name], Value = ByteString.CopyFromUtf8(value) });
        }

        var request = GetAll(keys);
        request.SortTarget = target;
        var expected = await etcd.Range(request);
        var pieces = await Stream(etcd, request);
        Assert.Equal(expected.Kvs, pieces.SelectMany(piece => piece.Kvs));
        Assert.NotEqual(keys["a"], expected.Kvs[0].Key);
        Assert.Equal((expected.More, expected.Count), (pieces[^1].More, pieces[^1].Count));
    }

    [Theory]
    [OnEach("order", "RangeStream does not support custom sort orders", Since = "3.7")]
    [OnEach("filter", "RangeStream does not support revision filters", Since = "3.7")]
    public async Task OrdersAndFiltersAreRefused(ServerKind kind, string what, string detail)
    {
        var (etcd, keys) = await Here(kind);
        var request = GetAll(keys);
        if (what == "order")
        {
            request.SortOrder = RangeRequest.Types.SortOrder.Descend;
        }
        else
        {
            request.MinModRevision = 1;
        }
        await Refused(GrpcCode.Unimplemented, detail, Stream(etcd, request));
    }

    [Theory]
    [OnEach(0, "etcdserver: key is not provided", GrpcCode.InvalidArgument, Since = "3.7")]
    [OnEach(1, "etcdserver: mvcc: required revision is a future revision", GrpcCode.OutOfRange, Since = "3.7")]
    public async Task WhatARangeRefusesAStreamRefuses(ServerKind kind, int which, string detail, GrpcCode code)
    {
        var (etcd, keys) = await Here(kind);
        var request = which == 0 ? new RangeRequest() : new RangeRequest { Key = keys["a"], Revision = 1_000_000_000 };
        await Refused(code, detail, Stream(etcd, request));
    }
}
