using System.Globalization;

namespace EtcdSharp.Cluster.Clients;

/// <summary>What clients ask for, by chance. Every value that is written begins with the number of its request.</summary>
internal static class Requests
{
    private const int Keys = 8;

    public static ByteString Value(ulong id, int padding = 0) =>
        ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"#{id};{new string('x', padding)}"));

    /// <summary>The request that wrote a value; 0 for one that no client wrote.</summary>
    public static ulong IdOf(ByteString value)
    {
        var text = value.ToStringUtf8();
        var end = text.IndexOf(';', StringComparison.Ordinal);
        return end > 1 && text[0] == '#' && ulong.TryParse(text.AsSpan(1, end - 1), CultureInfo.InvariantCulture, out var id)
            ? id
            : 0;
    }

    public static PutRequest Put(Random random, ulong id) =>
        new()
        {
            Key = Key(random),
            Value = Value(id, random.Next(8) == 0 ? 400 : 0),
            PrevKv = random.Next(3) == 0,
        };

    public static DeleteRangeRequest Delete(Random random)
    {
        var request = new DeleteRangeRequest { Key = Key(random), PrevKv = random.Next(3) == 0 };
        if (random.Next(5) == 0)
        {
            request.RangeEnd = ByteString.CopyFromUtf8("k9");
        }

        return request;
    }

    public static RangeRequest Range(Random random, long knownRevision) =>
        random.Next(4) switch
        {
            0 => new RangeRequest
            {
                Key = ByteString.CopyFromUtf8("k"),
                RangeEnd = ByteString.CopyFromUtf8("l"),
                Limit = random.Next(3),
            },
            1 when knownRevision > 0 => new RangeRequest
            {
                Key = Key(random),
                Revision = Math.Max(1, knownRevision - random.Next(20)),
            },
            2 => new RangeRequest { Key = Key(random), Serializable = true },
            _ => new RangeRequest { Key = Key(random) },
        };

    /// <summary>Writes where nobody has written since a revision, else reads.</summary>
    public static TxnRequest CompareAndSwap(Random random, ulong id, long knownRevision)
    {
        var key = Key(random);
        return new TxnRequest
        {
            Compare =
            {
                new Compare
                {
                    Key = key,
                    Target = Compare.Types.CompareTarget.Mod,
                    Result = Compare.Types.CompareResult.Less,
                    ModRevision = Math.Max(1, knownRevision - random.Next(30)),
                },
            },
            Success =
            {
                new RequestOp
                {
                    RequestPut = new PutRequest { Key = key, Value = Value(id) },
                },
            },
            Failure = { new RequestOp { RequestRange = new RangeRequest { Key = key } } },
        };
    }

    /// <summary>Changes three keys under one revision.</summary>
    public static TxnRequest ManyAtOnce(Random random, ulong id)
    {
        var first = random.Next(Keys);
        var txn = new TxnRequest();
        for (var i = 0; i < 3; i++)
        {
            var key = ByteString.CopyFromUtf8($"k{(first + i) % Keys}");
            txn.Success.Add(
                i == 1 && random.Next(2) == 0
                    ? new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = key } }
                    : new RequestOp
                    {
                        RequestPut = new PutRequest { Key = key, Value = Value(id) },
                    }
            );
        }

        return txn;
    }

    private static ByteString Key(Random random) => ByteString.CopyFromUtf8($"k{random.Next(Keys)}");
}
