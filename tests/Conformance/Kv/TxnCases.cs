using static EtcdSharp.Api.Compare.Types;

namespace EtcdSharp.Conformance.Kv;

/// <summary>What a transaction does, and the revision it leaves behind.</summary>
public sealed class TxnCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> With(ServerKind kind, params string[] names)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, names);
        return (etcd, keys);
    }

    private static Compare Absent(ByteString key) => new() { Key = key, Target = CompareTarget.Version };

    [Theory]
    [OnEach(true, "then")]
    [OnEach(false, "else")]
    public async Task RunsTheBranchOfTheConditions(ServerKind kind, bool absent, string expected)
    {
        var (etcd, keys) = await With(kind, absent ? [] : ["a"]);
        var answer = await etcd.Txn(If(Absent(keys["a"]), [Op(Put(keys["b"], "then"))], Op(Put(keys["b"], "else"))));
        Assert.Equal(absent, answer.Succeeded);
        Assert.Equal(expected, Assert.Single((await etcd.Range(Get(keys["b"]))).Kvs).Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task AnswersComeInTheOrderOfTheOperations(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b");
        var answer = await etcd.Txn(
            Txn(Op(Get(keys["a"])), Op(Put(keys["c"], "x")), Op(Delete(keys["b"])), Op(Txn(Op(Get(keys["c"])))))
        );
        Assert.Equal(
            ["ResponseRange", "ResponsePut", "ResponseDeleteRange", "ResponseTxn"],
            answer.Responses.Select(response => response.ResponseCase.ToString())
        );
        Assert.Equal(1, answer.Responses[2].ResponseDeleteRange.Deleted);
    }

    [Theory, OnEach]
    public async Task AllWritesShareOneRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var answer = await server.Endpoint.Txn(Txn(Op(Put(keys["a"], "1")), Op(Put(keys["b"], "2")), Op(Delete(keys["z"]))));
        Assert.Equal(2, answer.Header.Revision);
        var got = await server.Endpoint.Range(GetAll(keys));
        Assert.All(got.Kvs, kv => Assert.Equal((2L, 2L), (kv.CreateRevision, kv.ModRevision)));
        Assert.Equal(2, got.Header.Revision);
    }

    [Theory]
    [OnEach("range")]
    [OnEach("delete of nothing")]
    [OnEach("nothing")]
    [OnEach("nested range")]
    public async Task ATransactionThatWritesNothingTakesNoRevision(ServerKind kind, string what)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var before = await server.Endpoint.Fill(keys, "a");
        var request = what switch
        {
            "range" => Txn(Op(Get(keys["a"]))),
            "delete of nothing" => Txn(Op(Delete(keys["b"]))),
            "nested range" => Txn(Op(Txn(Op(Get(keys["a"]))))),
            _ => new TxnRequest(),
        };
        Assert.Equal(before, (await server.Endpoint.Txn(request)).Header.Revision);
        Assert.Equal(before, (await server.Endpoint.Range(Get(keys["a"]))).Header.Revision);
    }

    [Theory, OnEach]
    public async Task AReadSeesTheWritesBeforeIt(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a");
        var answer = await etcd.Txn(
            Txn(Op(Get(keys["b"])), Op(Put(keys["b"], "x")), Op(Get(keys["b"])), Op(Delete(keys["a"])), Op(GetAll(keys)))
        );
        Assert.Empty(answer.Responses[0].ResponseRange.Kvs);
        var written = Assert.Single(answer.Responses[2].ResponseRange.Kvs);
        Assert.Equal(answer.Header.Revision, written.ModRevision);
        Assert.Equal("b", keys.NamesOf(answer.Responses[4].ResponseRange.Kvs));
    }

    [Theory, OnEach]
    public async Task HeadersInsideCarryTheRevisionAlone(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var before = await server.Endpoint.Fill(keys, "a", "b");
        var answer = await server.Endpoint.Txn(
            Txn(Op(Get(keys["a"])), Op(Put(keys["c"], "x")), Op(Delete(keys["b"])), Op(Txn(Op(Get(keys["a"])))))
        );
        var inside = new[]
        {
            answer.Responses[0].ResponseRange.Header,
            answer.Responses[1].ResponsePut.Header,
            answer.Responses[2].ResponseDeleteRange.Header,
        };
        Assert.Equal([before, before + 1, before + 1], inside.Select(header => header.Revision));
        Assert.All(inside, header => Assert.Equal((0UL, 0UL, 0UL), (header.ClusterId, header.MemberId, header.RaftTerm)));
        var nested = answer.Responses[3].ResponseTxn;
        Assert.Equal(before + 1, nested.Responses[0].ResponseRange.Header.Revision);
    }

    [Theory, OnEach]
    public async Task ADeleteCountsAndShowsWhatItDeleted(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b");
        var request = DeleteAll(keys);
        request.PrevKv = true;
        var answer = (await etcd.Txn(Txn(Op(request)))).Responses[0].ResponseDeleteRange;
        Assert.Equal(2, answer.Deleted);
        Assert.Equal("a b", keys.NamesOf(answer.PrevKvs));
    }

    [Theory, OnEach]
    public async Task APutShowsThePreviousPair(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a");
        var answer = await etcd.Txn(
            Txn(
                Op(
                    new PutRequest
                    {
                        Key = keys["a"],
                        Value = Utf8("x"),
                        PrevKv = true,
                    }
                )
            )
        );
        Assert.Equal("a", answer.Responses[0].ResponsePut.PrevKv.Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task ARangeInsideTakesAllItsOptions(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b", "c");
        var old = await etcd.Fill(keys, "d");
        await etcd.DeleteRange(Delete(keys["d"]));
        var request = GetAll(keys);
        request.Revision = old;
        request.SortOrder = RangeRequest.Types.SortOrder.Descend;
        request.Limit = 2;
        request.KeysOnly = true;
        var answer = (await etcd.Txn(Txn(Op(request)))).Responses[0].ResponseRange;
        Assert.Equal("d c", keys.NamesOf(answer.Kvs));
        Assert.True(answer.More);
        Assert.Equal(4, answer.Count);
        Assert.All(answer.Kvs, kv => Assert.Empty(kv.Value));
    }

    [Theory]
    [OnEach(true, true, "tt")]
    [OnEach(true, false, "te")]
    [OnEach(false, true, "et")]
    [OnEach(false, false, "ee")]
    public async Task NestedTransactionsChooseForThemselves(ServerKind kind, bool outer, bool inner, string expected)
    {
        var (etcd, keys) = await With(kind);
        await etcd.Fill(keys, [.. outer ? Array.Empty<string>() : ["a"], .. inner ? Array.Empty<string>() : ["b"]]);
        TxnRequest Inner(string name) => If(Absent(keys["b"]), [Op(Put(keys["r"], name + "t"))], Op(Put(keys["r"], name + "e")));
        var answer = await etcd.Txn(If(Absent(keys["a"]), [Op(Inner("t"))], Op(Inner("e"))));
        Assert.Equal(outer, answer.Succeeded);
        Assert.Equal(inner, answer.Responses[0].ResponseTxn.Succeeded);
        Assert.Equal(expected, Assert.Single((await etcd.Range(Get(keys["r"]))).Kvs).Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task NestedConditionsLookAtTheStateBeforeTheWholeTransaction(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var answer = await etcd.Txn(Txn(Op(Put(keys["a"], "x")), Op(If(Absent(keys["a"]), [Op(Put(keys["b"], "then"))]))));
        Assert.True(answer.Responses[1].ResponseTxn.Succeeded);
    }

    [Theory, OnEach]
    public async Task WritesOfNestedTransactionsShareTheRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await server.Endpoint.Txn(
            Txn(Op(Put(keys["a"], "1")), Op(Txn(Op(Put(keys["b"], "2")), Op(Txn(Op(Put(keys["c"], "3")))))))
        );
        var got = await server.Endpoint.Range(GetAll(keys));
        Assert.Equal([2L, 2L, 2L], got.Kvs.Select(kv => kv.ModRevision));
        Assert.Equal(2, got.Header.Revision);
    }

    [Theory]
    [OnEach("put put")]
    [OnEach("delete put")]
    [OnEach("put delete")]
    [OnEach("range delete put")]
    [OnEach("put range delete")]
    [OnEach("put nested")]
    [OnEach("nested nested")]
    [OnEach("delete nested")]
    [OnEach("in the branch not taken")]
    public async Task OneKeyIsNotWrittenTwice(ServerKind kind, string what)
    {
        var (etcd, keys) = await With(kind);
        var put = Op(Put(keys["b"], "x"));
        var delete = Op(Delete(keys["b"]));
        var range = Op(new DeleteRangeRequest { Key = keys["a"], RangeEnd = keys["c"] });
        var nested = Op(Txn(put));
        var request = what switch
        {
            "put put" => Txn(put, put),
            "delete put" => Txn(delete, put),
            "put delete" => Txn(put, delete),
            "range delete put" => Txn(range, put),
            "put range delete" => Txn(put, range),
            "put nested" => Txn(put, nested),
            "nested nested" => Txn(nested, nested),
            "delete nested" => Txn(range, nested),
            _ => new TxnRequest { Failure = { put, put } },
        };
        await Refused(GrpcCode.InvalidArgument, "etcdserver: duplicate key given in txn request", etcd.Txn(request));
    }

    [Theory]
    [OnEach("both branches")]
    [OnEach("two deletes")]
    [OnEach("branches of nested")]
    [OnEach("read and write")]
    [OnEach("delete beside")]
    [OnEach("delete to the end of all")]
    public async Task OneKeyMayBeNamedTwiceWhere(ServerKind kind, string what)
    {
        await using var server = await Servers.Fresh(kind);
        var (etcd, keys) = (server.Endpoint, new Keyspace());
        var put = Op(Put(keys["b"], "x"));
        var request = what switch
        {
            "both branches" => new TxnRequest { Success = { put }, Failure = { put } },
            "two deletes" => Txn(Op(Delete(keys["b"])), Op(Delete(keys["b"]))),
            "branches of nested" => Txn(Op(new TxnRequest { Success = { put }, Failure = { put } })),
            "delete to the end of all" => Txn(Op(new DeleteRangeRequest { Key = keys["a"], RangeEnd = Zero }), put),
            "read and write" => Txn(Op(Get(keys["b"])), put, Op(Get(keys["b"]))),
            _ => Txn(put, Op(new DeleteRangeRequest { Key = keys["a"], RangeEnd = keys["b"] })),
        };
        Assert.True((await etcd.Txn(request)).Succeeded);
    }

    // Real etcd takes the request, finds the key gone while it carries it out, and ends; so do all members after it.
    [Theory]
    [OnEach(false)]
    [OnEach(true)]
    public async Task AKeyThatIsDeletedIsNotKept(ServerKind kind, bool nested)
    {
        Assert.SkipWhen(kind != ServerKind.Ours, "ends real etcd");
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await server.Endpoint.Fill(keys, "b");
        var put = Op(new PutRequest { Key = keys["b"], IgnoreValue = true });
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: duplicate key given in txn request",
            server.Endpoint.Txn(Txn(Op(new DeleteRangeRequest { Key = keys["a"], RangeEnd = Zero }), nested ? Op(Txn(put)) : put))
        );
        Assert.Equal("b", keys.NamesOf((await server.Endpoint.Range(GetAll(keys))).Kvs));
    }

    [Theory, OnEach]
    public async Task A128OperationsAreAllowed(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var answer = await etcd.Txn(Txn([.. Enumerable.Range(0, 128).Select(i => Op(Put(keys[$"{i}"], "x")))]));
        Assert.Equal(128, answer.Responses.Count);
    }

    [Theory]
    [OnEach("success")]
    [OnEach("failure")]
    [OnEach("compare")]
    [OnEach("nested")]
    public async Task MoreThan128OperationsAreRefused(ServerKind kind, string where)
    {
        var (etcd, keys) = await With(kind);
        var many = Enumerable.Range(0, 129).Select(i => Op(Put(keys[$"{i}"], "x")));
        var request = where switch
        {
            "success" => new TxnRequest { Success = { many } },
            "failure" => new TxnRequest { Failure = { many } },
            "compare" => new TxnRequest { Compare = { Enumerable.Range(0, 129).Select(i => Absent(keys[$"{i}"])) } },
            _ => Txn(Op(new TxnRequest { Success = { many } })),
        };
        await Refused(GrpcCode.InvalidArgument, "etcdserver: too many operations in txn request", etcd.Txn(request));
    }

    // What is inside counts against what the levels above have left.
    [Theory]
    [OnEach(127, true)]
    [OnEach(128, false)]
    public async Task ANestedTransactionHasTheRestOfTheLimit(ServerKind kind, int operations, bool taken)
    {
        var (etcd, keys) = await With(kind);
        var request = Txn(Op(Txn([.. Enumerable.Range(0, operations).Select(i => Op(Put(keys[$"{i}"], "x")))])));
        if (taken)
        {
            Assert.True((await etcd.Txn(request)).Succeeded);
        }
        else
        {
            await Refused(GrpcCode.InvalidArgument, "etcdserver: too many operations in txn request", etcd.Txn(request));
        }
    }

    [Theory]
    [OnEach("128 conditions")]
    [OnEach("128 in each branch")]
    public async Task TheLimitIsOnEachListAlone(ServerKind kind, string what)
    {
        var (etcd, keys) = await With(kind);
        var puts = Enumerable.Range(0, 128).Select(i => Op(Put(keys[$"{i}"], "x"))).ToArray();
        var conditions = Enumerable.Range(0, 128).Select(i => Absent(keys[$"{i}"]));
        var request =
            what == "128 conditions"
                ? new TxnRequest { Compare = { conditions }, Success = { puts } }
                : new TxnRequest { Success = { puts }, Failure = { puts } };
        Assert.True((await etcd.Txn(request)).Succeeded);
    }

    [Theory]
    [OnEach("put", "etcdserver: key is not provided")]
    [OnEach("range", "etcdserver: key is not provided")]
    [OnEach("delete", "etcdserver: key is not provided")]
    [OnEach("compare", "etcdserver: key is not provided")]
    [OnEach("nested put", "etcdserver: key is not provided")]
    [OnEach("put in the branch not taken", "etcdserver: key is not provided")]
    [OnEach("ignore value", "etcdserver: value is provided")]
    [OnEach("ignore lease", "etcdserver: lease is provided")]
    [OnEach("empty operation", "etcdserver: key not found")]
    [OnEach("sort target", "etcdserver: invalid sort option", Since = "3.6")]
    [OnEach("sort order", "etcdserver: invalid sort option", Since = "3.6")]
    public async Task ABadOperationRefusesTheWhole(ServerKind kind, string what, string detail)
    {
        var (etcd, keys) = await With(kind);
        var good = Op(Put(keys["good"], "x"));
        var request = what switch
        {
            "put" => Txn(good, Op(new PutRequest())),
            "range" => Txn(good, Op(new RangeRequest())),
            "delete" => Txn(good, Op(new DeleteRangeRequest())),
            "compare" => If(new Compare(), [good]),
            "nested put" => Txn(good, Op(Txn(Op(new PutRequest())))),
            "put in the branch not taken" => new TxnRequest { Success = { good }, Failure = { Op(new PutRequest()) } },
            "ignore value" => Txn(
                good,
                Op(
                    new PutRequest
                    {
                        Key = keys["a"],
                        Value = Utf8("x"),
                        IgnoreValue = true,
                    }
                )
            ),
            "ignore lease" => Txn(
                good,
                Op(
                    new PutRequest
                    {
                        Key = keys["a"],
                        Lease = 1,
                        IgnoreLease = true,
                    }
                )
            ),
            "sort target" => Txn(good, Op(new RangeRequest { Key = keys["a"], SortTarget = (RangeRequest.Types.SortTarget)9 })),
            "sort order" => Txn(good, Op(new RangeRequest { Key = keys["a"], SortOrder = (RangeRequest.Types.SortOrder)9 })),
            _ => Txn(good, new RequestOp()),
        };
        await Refused(GrpcCode.InvalidArgument, detail, etcd.Txn(request));
        Assert.Empty((await etcd.Range(Get(keys["good"]))).Kvs);
    }

    [Theory, OnEach]
    public async Task AnUnknownLeaseInsideRefusesTheWhole(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await Refused(
            GrpcCode.NotFound,
            "etcdserver: requested lease not found",
            etcd.Txn(Txn(Op(Put(keys["a"], "x")), Op(Put(keys["b"], "x", 987654321))))
        );
        Assert.Empty((await etcd.Range(GetAll(keys))).Kvs);
    }

    [Theory, OnEach]
    public async Task AnUnknownLeaseInTheBranchNotTakenDoesNoHarm(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var answer = await etcd.Txn(
            new TxnRequest { Success = { Op(Put(keys["a"], "x")) }, Failure = { Op(Put(keys["b"], "x", 987654321)) } }
        );
        Assert.True(answer.Succeeded);
    }

    [Theory, OnEach]
    public async Task IgnoringTheValueOfAnAbsentKeyInsideRefusesTheWhole(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: key not found",
            etcd.Txn(Txn(Op(Put(keys["a"], "x")), Op(new PutRequest { Key = keys["b"], IgnoreValue = true })))
        );
        Assert.Empty((await etcd.Range(GetAll(keys))).Kvs);
    }

    [Theory, OnEach]
    public async Task AReadInsideOfAFutureRevisionRefusesTheWhole(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await Refused(
            GrpcCode.OutOfRange,
            "etcdserver: mvcc: required revision is a future revision",
            etcd.Txn(Txn(Op(Put(keys["a"], "x")), Op(new RangeRequest { Key = keys["a"], Revision = long.MaxValue })))
        );
        Assert.Empty((await etcd.Range(GetAll(keys))).Kvs);
    }

    [Theory, OnEach]
    public async Task ComparingAndSwappingIsAtomicAmongManyClients(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await etcd.Put(Put(keys["n"], "0"));
        var wins = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    for (var i = 0; i < 20; i++)
                    {
                        var now = Assert.Single((await etcd.Range(Get(keys["n"]))).Kvs);
                        var next = int.Parse(now.Value.ToStringUtf8(), System.Globalization.CultureInfo.InvariantCulture) + 1;
                        var condition = new Compare
                        {
                            Key = keys["n"],
                            Target = CompareTarget.Mod,
                            ModRevision = now.ModRevision,
                        };
                        if ((await etcd.Txn(If(condition, [Op(Put(keys["n"], $"{next}"))]))).Succeeded)
                        {
                            Interlocked.Increment(ref wins);
                        }
                    }
                })
        );
        Assert.Equal($"{wins}", Assert.Single((await etcd.Range(Get(keys["n"]))).Kvs).Value.ToStringUtf8());
        Assert.InRange(wins, 20, 160);
    }

    [Theory, OnEach]
    public async Task AnswerCasesAreSetEvenWhenEmpty(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var answer = await etcd.Txn(Txn(Op(Delete(keys["nobody"])), Op(Get(keys["nobody"]))));
        Assert.Equal(ResponseOp.ResponseOneofCase.ResponseDeleteRange, answer.Responses[0].ResponseCase);
        Assert.Equal(ResponseOp.ResponseOneofCase.ResponseRange, answer.Responses[1].ResponseCase);
        Assert.NotNull(answer.Responses[0].ResponseDeleteRange.Header);
    }
}
