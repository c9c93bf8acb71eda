using static EtcdSharp.Api.Compare.Types;

namespace EtcdSharp.Conformance.Kv;

/// <summary>What a transaction's conditions hold for.</summary>
public sealed class TxnCompareCases(Servers servers)
{
    // Offset -1, 0 and 1 are a value below, at and above what the key has.
    public static IEnumerable<object?[]> NumericRows =>
        from target in new[] { CompareTarget.Version, CompareTarget.Create, CompareTarget.Mod, CompareTarget.Lease }
        from result in Enum.GetValues<CompareResult>()
        from offset in new[] { -1, 0, 1 }
        select new object?[] { target, result, offset };

    [Theory, OnEachOf(nameof(NumericRows))]
    public async Task ANumber(ServerKind kind, CompareTarget target, CompareResult result, int offset)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "1"));
        await etcd.Put(Put(keys["a"], "2", lease));
        var kv = Assert.Single((await etcd.Range(Get(keys["a"]))).Kvs);

        var condition = new Compare
        {
            Key = keys["a"],
            Target = target,
            Result = result,
        };
        SetOperand(condition, ActualOf(kv, target) + offset);
        var answer = await etcd.Txn(new TxnRequest { Compare = { condition } });

        // The key's own number against the operand, which is larger by the offset.
        Assert.Equal(Holds(result, -offset), answer.Succeeded);
        Assert.Empty(answer.Responses);
    }

    [Theory]
    [OnEach(CompareResult.Equal, "m", true)]
    [OnEach(CompareResult.Equal, "n", false)]
    [OnEach(CompareResult.NotEqual, "m", false)]
    [OnEach(CompareResult.NotEqual, "n", true)]
    [OnEach(CompareResult.Greater, "l", true)]
    [OnEach(CompareResult.Greater, "m", false)]
    [OnEach(CompareResult.Greater, "mm", false)]
    [OnEach(CompareResult.Less, "n", true)]
    [OnEach(CompareResult.Less, "m", false)]
    [OnEach(CompareResult.Less, "mm", true)]
    [OnEach(CompareResult.Greater, "", true)]
    [OnEach(CompareResult.Equal, "", false)]
    public async Task AValue(ServerKind kind, CompareResult result, string operand, bool expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Put(Put(keys["a"], "m"));
        var condition = new Compare
        {
            Key = keys["a"],
            Target = CompareTarget.Value,
            Result = result,
            Value = Utf8(operand),
        };
        Assert.Equal(expected, (await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
    }

    // An absent key has the number 0 everywhere, and no value at all.
    [Theory]
    [OnEach(CompareTarget.Version, CompareResult.Equal, 0, true)]
    [OnEach(CompareTarget.Create, CompareResult.Equal, 0, true)]
    [OnEach(CompareTarget.Mod, CompareResult.Equal, 0, true)]
    [OnEach(CompareTarget.Lease, CompareResult.Equal, 0, true)]
    [OnEach(CompareTarget.Version, CompareResult.Less, 1, true)]
    [OnEach(CompareTarget.Create, CompareResult.Greater, 0, false)]
    [OnEach(CompareTarget.Mod, CompareResult.NotEqual, 0, false)]
    [OnEach(CompareTarget.Mod, CompareResult.Greater, -1, true)]
    public async Task AnAbsentKey(ServerKind kind, CompareTarget target, CompareResult result, int operand, bool expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var condition = new Compare
        {
            Key = new Keyspace()["nobody"],
            Target = target,
            Result = result,
        };
        SetOperand(condition, operand);
        Assert.Equal(expected, (await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
    }

    [Theory]
    [OnEach(CompareResult.Equal, "")]
    [OnEach(CompareResult.NotEqual, "x")]
    [OnEach(CompareResult.Less, "x")]
    [OnEach(CompareResult.Greater, "")]
    public async Task TheValueOfAnAbsentKeyFailsEveryComparison(ServerKind kind, CompareResult result, string operand)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var condition = new Compare
        {
            Key = new Keyspace()["nobody"],
            Target = CompareTarget.Value,
            Result = result,
            Value = Utf8(operand),
        };
        Assert.False((await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
    }

    [Theory]
    [OnEach(CompareTarget.Version)]
    [OnEach(CompareTarget.Create)]
    [OnEach(CompareTarget.Mod)]
    [OnEach(CompareTarget.Lease)]
    public async Task AMissingOperandIsZero(ServerKind kind, CompareTarget target)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var condition = new Compare { Key = new Keyspace()["nobody"], Target = target };
        Assert.True((await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
    }

    [Theory]
    [OnEach(CompareResult.Equal, 1, true)]
    [OnEach(CompareResult.Less, 2, true)]
    [OnEach(CompareResult.Greater, 0, true)]
    [OnEach(CompareResult.Equal, 2, false)]
    public async Task ARangeHoldsWhenEveryKeyHolds(ServerKind kind, CompareResult result, int version, bool expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, "a", "b", "c");
        var condition = new Compare
        {
            Key = keys.Start,
            RangeEnd = keys.End,
            Target = CompareTarget.Version,
            Result = result,
            Version = version,
        };
        Assert.Equal(expected, (await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
        await etcd.Put(Put(keys["b"], "again"));
        Assert.Equal(
            expected && result == CompareResult.Greater,
            (await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded
        );
    }

    [Theory]
    [OnEach(CompareTarget.Version, 0, true)]
    [OnEach(CompareTarget.Version, 1, false)]
    [OnEach(CompareTarget.Mod, 0, true)]
    public async Task AnEmptyRangeComparesAsOneAbsentKey(ServerKind kind, CompareTarget target, int operand, bool expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        var condition = new Compare
        {
            Key = keys.Start,
            RangeEnd = keys.End,
            Target = target,
        };
        SetOperand(condition, operand);
        Assert.Equal(expected, (await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
    }

    [Theory, OnEach]
    public async Task ValuesOfARange(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Put(Put(keys["a"], "same"));
        await etcd.Put(Put(keys["b"], "same"));
        var condition = new Compare
        {
            Key = keys.Start,
            RangeEnd = keys.End,
            Target = CompareTarget.Value,
            Value = Utf8("same"),
        };
        Assert.True((await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
        await etcd.Put(Put(keys["b"], "other"));
        Assert.False((await etcd.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
    }

    [Theory, OnEach]
    public async Task ARangeEndOfOneZeroByteComparesToTheEndOfAll(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await server.Endpoint.Fill(keys, "a", "b");
        var condition = new Compare
        {
            Key = keys["a"],
            RangeEnd = Zero,
            Target = CompareTarget.Version,
            Version = 1,
        };
        Assert.True((await server.Endpoint.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
        await server.Endpoint.Put(Put(keys["b"], "again"));
        Assert.False((await server.Endpoint.Txn(new TxnRequest { Compare = { condition } })).Succeeded);
    }

    [Theory]
    [OnEach(1, 1, true)]
    [OnEach(1, 2, false)]
    [OnEach(2, 1, false)]
    public async Task AllConditionsMustHold(ServerKind kind, int first, int second, bool expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, "a", "b");
        var answer = await etcd.Txn(
            new TxnRequest
            {
                Compare =
                {
                    new Compare
                    {
                        Key = keys["a"],
                        Target = CompareTarget.Version,
                        Version = first,
                    },
                    new Compare
                    {
                        Key = keys["b"],
                        Target = CompareTarget.Version,
                        Version = second,
                    },
                },
            }
        );
        Assert.Equal(expected, answer.Succeeded);
    }

    [Theory, OnEach]
    public async Task NoConditionHolds(ServerKind kind) =>
        Assert.True((await (await servers.Shared(kind)).Endpoint.Txn(new TxnRequest())).Succeeded);

    private static bool Holds(CompareResult result, int difference) =>
        result switch
        {
            CompareResult.Equal => difference == 0,
            CompareResult.Greater => difference > 0,
            CompareResult.Less => difference < 0,
            _ => difference != 0,
        };

    private static long ActualOf(KeyValue kv, CompareTarget target) =>
        target switch
        {
            CompareTarget.Version => kv.Version,
            CompareTarget.Create => kv.CreateRevision,
            CompareTarget.Mod => kv.ModRevision,
            _ => kv.Lease,
        };

    private static void SetOperand(Compare condition, long operand)
    {
        switch (condition.Target)
        {
            case CompareTarget.Version:
                condition.Version = operand;
                break;
            case CompareTarget.Create:
                condition.CreateRevision = operand;
                break;
            case CompareTarget.Mod:
                condition.ModRevision = operand;
                break;
            case CompareTarget.Lease:
                condition.Lease = operand;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(condition));
        }
    }
}
