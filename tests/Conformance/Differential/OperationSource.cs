using static EtcdSharp.Api.Compare.Types;
using static EtcdSharp.Api.RangeRequest.Types;

namespace EtcdSharp.Conformance.Differential;

/// <summary>Draws requests from a seed: mostly sensible ones on few keys, so that they meet, and some that must be refused.</summary>
internal sealed class OperationSource(int seed)
{
    private const int Keys = 24;
    private const int Leases = 6;
    private const int MaxNesting = 3;

    private readonly Random _random = new(seed);
    private readonly HashSet<long> _compactions = [];
    private long _compacted;

    /// <summary>The revision of the store as the last answer told it.</summary>
    public long Revision { get; set; } = 1;

    public Operation Next() =>
        _random.Next(100) switch
        {
            < 30 => new("/etcdserverpb.KV/Put", Put()),
            < 60 => new("/etcdserverpb.KV/Range", Range(inTransaction: false)),
            < 70 => new("/etcdserverpb.KV/DeleteRange", Delete()),
            < 86 => new("/etcdserverpb.KV/Txn", Txn(0)),
            < 88 => new("/etcdserverpb.KV/Compact", Compact()),
            < 91 => new(
                "/etcdserverpb.Lease/LeaseGrant",
                new LeaseGrantRequest { ID = 1 + _random.Next(Leases), TTL = 5000 + _random.Next(5000) }
            ),
            < 93 => new("/etcdserverpb.Lease/LeaseRevoke", new LeaseRevokeRequest { ID = LeaseId() }),
            < 96 => new("/etcdserverpb.Lease/LeaseTimeToLive", new LeaseTimeToLiveRequest { ID = LeaseId(), Keys = Chance(2) }),
            < 97 => new("/etcdserverpb.Lease/LeaseLeases", new LeaseLeasesRequest()),
            _ => new("/etcdserverpb.Maintenance/HashKV", new HashKVRequest { Revision = HashedRevision() }),
        };

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    /// <summary>Now and then no key at all, which is refused in most places.</summary>
    private ByteString Key() =>
        Chance(60) ? ByteString.Empty
        : Chance(20) ? ByteString.CopyFrom([0xFF, (byte)_random.Next(3), 0])
        : Utf8($"k{_random.Next(Keys):D2}");

    private ByteString RangeEnd() =>
        _random.Next(6) switch
        {
            0 => Zero,
            1 or 2 => Key(),
            3 => Utf8("k1"),
            _ => ByteString.Empty,
        };

    private ByteString Value() =>
        Chance(8) ? ByteString.Empty : Utf8($"v{_random.Next(10)}{new string('x', Chance(30) ? 5000 : _random.Next(8))}");

    // One more than are ever granted, so that unknown ones come too.
    private long LeaseId() => _random.Next(Leases + 2);

    private long AnyRevision() =>
        _random.Next(12) switch
        {
            0 => Revision + 1 + _random.Next(3),
            1 => -1,
            2 => _compacted,
            3 => Revision,
            _ => Math.Max(0, Revision - _random.Next(60)),
        };

    /// <summary>
    /// Not a revision that was compacted once: a compaction keeps the hash that it computed on its way, but only where
    /// the compaction before it was through when it was asked for.
    /// </summary>
    private long HashedRevision()
    {
        var revision = Chance(2) ? 0 : Math.Max(0, AnyRevision());
        return _compactions.Contains(revision) ? 0 : revision;
    }

    private PutRequest Put()
    {
        var request = new PutRequest
        {
            Key = Key(),
            PrevKv = Chance(3),
            IgnoreValue = Chance(12),
            IgnoreLease = Chance(12),
        };
        if (!request.IgnoreValue || Chance(6))
        {
            request.Value = Value();
        }
        if ((!request.IgnoreLease || Chance(6)) && Chance(4))
        {
            request.Lease = LeaseId();
        }
        return request;
    }

    private DeleteRangeRequest Delete() =>
        new()
        {
            Key = Key(),
            RangeEnd = Chance(3) ? RangeEnd() : ByteString.Empty,
            PrevKv = Chance(2),
        };

    /// <summary>
    /// Not to the end of all keys: with a put after it that keeps the value of its key, real etcd ends.
    /// </summary>
    private DeleteRangeRequest DeleteInside()
    {
        var request = Delete();
        if (request.RangeEnd == Zero)
        {
            request.RangeEnd = Utf8("k2");
        }
        return request;
    }

    private RangeRequest Range(bool inTransaction)
    {
        var request = new RangeRequest
        {
            Key = Key(),
            RangeEnd = RangeEnd(),
            Limit = Chance(3) ? _random.Next(-1, 8) : 0,
            Revision = Chance(3) ? AnyRevision() : 0,
            KeysOnly = Chance(6),
            CountOnly = Chance(8),
            Serializable = Chance(5),
        };
        if (Chance(3))
        {
            request.SortOrder = (SortOrder)_random.Next(3);
            request.SortTarget = inTransaction ? SortTarget.Key : (SortTarget)_random.Next(5);
            if (request.SortTarget != SortTarget.Key)
            {
                // Where keys are equal in what they are sorted by, etcd leaves open which of them a limit cuts off.
                request.Limit = 0;
            }
        }
        if (Chance(5))
        {
            request.MinModRevision = Chance(2) ? AnyRevision() : 0;
            request.MaxModRevision = Chance(2) ? AnyRevision() : 0;
            request.MinCreateRevision = Chance(2) ? AnyRevision() : 0;
            request.MaxCreateRevision = Chance(2) ? AnyRevision() : 0;
        }
        return request;
    }

    private CompactionRequest Compact()
    {
        var request = new CompactionRequest
        {
            Revision = Chance(4) ? AnyRevision() : Math.Max(1, Revision - 20),
            Physical = Chance(2),
        };
        if (request.Revision > _compacted && request.Revision <= Revision)
        {
            _compacted = request.Revision;
            _compactions.Add(_compacted);
        }
        return request;
    }

    private TxnRequest Txn(int depth)
    {
        var request = new TxnRequest();
        for (var i = _random.Next(3); i > 0; i--)
        {
            request.Compare.Add(Condition());
        }
        for (var i = _random.Next(4); i > 0; i--)
        {
            request.Success.Add(Nested(depth));
        }
        for (var i = _random.Next(3); i > 0; i--)
        {
            request.Failure.Add(Nested(depth));
        }
        return request;
    }

    private RequestOp Nested(int depth) =>
        _random.Next(10) switch
        {
            < 4 => Op(Put()),
            < 7 => Op(Range(inTransaction: true)),
            < 8 => Op(DeleteInside()),
            < 9 when depth < MaxNesting => Op(Txn(depth + 1)),
            _ => Chance(20) ? new RequestOp() : Op(Range(inTransaction: true)),
        };

    private Compare Condition()
    {
        var condition = new Compare
        {
            Key = Key(),
            RangeEnd = Chance(4) ? RangeEnd() : ByteString.Empty,
            Target = (CompareTarget)_random.Next(5),
            Result = (CompareResult)_random.Next(4),
        };
        switch (condition.Target)
        {
            case CompareTarget.Version:
                condition.Version = _random.Next(4);
                break;
            case CompareTarget.Create:
                condition.CreateRevision = AnyRevision();
                break;
            case CompareTarget.Mod:
                condition.ModRevision = AnyRevision();
                break;
            case CompareTarget.Value:
                condition.Value = Value();
                break;
            default:
                condition.Lease = LeaseId();
                break;
        }
        return condition;
    }
}
