using EtcdSharp.Api;
using EtcdSharp.Bench.Http2;
using Google.Protobuf;

namespace EtcdSharp.Bench.Work;

/// <summary>Requests with one answer each, drawn from one or two templates.</summary>
internal sealed class UnaryWorkload : Workload
{
    private readonly LoadOptions _options;
    private readonly KeySource _keys;
    private readonly RequestTemplate _main;
    private readonly RequestTemplate? _write;

    public UnaryWorkload(LoadOptions options, int worker)
    {
        _options = options;
        _keys = new KeySource(options, worker);
        switch (options.Scenario)
        {
            case "put":
                _main = Put(options, 0);
                Series = ["put"];
                break;
            case "range":
                _main = Range(options, 0);
                Series = ["range"];
                break;
            case "txn":
                _main = Txn(options);
                Series = ["txn"];
                break;
            case "lease":
                _main = new RequestTemplate(
                    "/etcdserverpb.Lease/LeaseGrant",
                    new LeaseGrantRequest { TTL = 600 },
                    options.KeySize,
                    0
                );
                Series = ["grant"];
                break;
            default:
                _main = Range(options, 0);
                _write = Put(options, 1);
                Series = ["range", "put"];
                break;
        }
    }

    public override IReadOnlyList<string> Series { get; }

    public static RequestTemplate Put(LoadOptions options, int series) =>
        new(
            "/etcdserverpb.KV/Put",
            new PutRequest
            {
                Key = ByteString.CopyFrom(RequestTemplate.KeyPlaceholder(options.KeySize)),
                Value = ByteString.CopyFrom(Value(options.ValueSize)),
            },
            options.KeySize,
            series
        );

    public override CallStream Issue(Connection connection, int client)
    {
        var template = _write is not null && _keys.NextRandom() % 100 < (ulong)_options.WritePercent ? _write : _main;
        var key = _keys.Next();
        if (_options.RangeSize > 1)
        {
            key = Math.Min(key, Math.Max(0, _options.KeySpace - _options.RangeSize));
        }
        var call = connection.Start(template.Method, template.With(_keys, key, key + _options.RangeSize), streaming: false);
        call.Series = template.Series;
        return call;
    }

    private static RequestTemplate Range(LoadOptions options, int series)
    {
        var request = new RangeRequest
        {
            Key = ByteString.CopyFrom(RequestTemplate.KeyPlaceholder(options.KeySize)),
            Serializable = options.Serializable,
        };
        if (options.RangeSize > 1)
        {
            request.RangeEnd = ByteString.CopyFrom(RequestTemplate.EndPlaceholder(options.KeySize));
        }
        return new RequestTemplate("/etcdserverpb.KV/Range", request, options.KeySize, series);
    }

    /// <summary>A condition that holds, one write and reads of the same key for the rest.</summary>
    private static RequestTemplate Txn(LoadOptions options)
    {
        var key = ByteString.CopyFrom(RequestTemplate.KeyPlaceholder(options.KeySize));
        var request = new TxnRequest
        {
            Compare =
            {
                new Compare
                {
                    Key = key,
                    Target = Compare.Types.CompareTarget.Version,
                    Result = Compare.Types.CompareResult.Greater,
                    Version = -1,
                },
            },
            Success =
            {
                new RequestOp
                {
                    RequestPut = new PutRequest { Key = key, Value = ByteString.CopyFrom(Value(options.ValueSize)) },
                },
            },
        };
        for (var i = 1; i < options.TxnOperations; i++)
        {
            request.Success.Add(new RequestOp { RequestRange = new RangeRequest { Key = key } });
        }
        return new RequestTemplate("/etcdserverpb.KV/Txn", request, options.KeySize, 0);
    }

    // ASCII, so that no part of it looks like a placeholder.
    private static byte[] Value(int size)
    {
        var random = new Random(size);
        var value = new byte[size];
        for (var i = 0; i < size; i++)
        {
            value[i] = (byte)random.Next('!', '~');
        }
        return value;
    }
}
