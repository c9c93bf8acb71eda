using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Cluster.Clients;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Kernel;
using Wire = EtcdSharp.Simulation.Clients.Requests;

namespace EtcdSharp.Cluster.Checking;

/// <summary>
/// The one order of all writes, found from what the store says afterwards and fed into the model of the simulation. Each
/// revision is traced to the request that made it, by the number in the values it wrote or the revision in its answer;
/// requests that changed nothing stand behind the revision that their answers name.
/// </summary>
internal sealed class CommonLog
{
    /// <summary>Numbers of requests that no client of the history made.</summary>
    private const ulong ForeignIds = 1UL << 48;

    private readonly World _world;
    private readonly Dictionary<ulong, Call> _writes;
    private readonly Dictionary<long, Call> _deletesByRevision;
    private readonly ILookup<long, Call> _withoutEffect;
    private readonly List<Call> _lostDeletes;
    private readonly HashSet<long> _leases = [];
    private ulong _index;

    public CommonLog(World world, IReadOnlyCollection<Call> calls, IReadOnlyList<Change> changes)
    {
        _world = world;
        _writes = calls.Where(call => call.Kind != RequestKind.Range).ToDictionary(call => call.Id);
        var effective = changes.SelectMany(change => change.Events).Select(IdOf).ToHashSet();
        var answered = _writes.Values.Where(call => call.Answer is not null).ToList();
        _deletesByRevision = answered
            .Where(call => call.Answer!.Response is DeleteRangeResponse { Deleted: > 0 })
            .DistinctBy(call => call.Answer!.Revision)
            .ToDictionary(call => call.Answer!.Revision);
        _withoutEffect = answered
            .Where(call =>
                call.Answer!.Response is DeleteRangeResponse { Deleted: 0 }
                || (call.Kind == RequestKind.Txn && !effective.Contains(call.Id))
            )
            .OrderBy(call => call.AnsweredAt)
            .ToLookup(call => call.Answer!.Revision);
        _lostDeletes = [.. _writes.Values.Where(call => call.Answer is null && call.Kind == RequestKind.DeleteRange)];
    }

    /// <summary>The revision that each request made.</summary>
    public Dictionary<ulong, long> RevisionOf { get; } = [];

    /// <exception cref="Violation">The store holds what nobody asked for, twice what was asked for once, or half of it.</exception>
    public void Feed(IReadOnlyList<Change> changes)
    {
        TakeWithoutEffect(1);
        foreach (var change in changes)
        {
            if (change.Revision != _world.Model.Revision + 1)
            {
                throw new Violation("revisions", $"revision {change.Revision} follows {_world.Model.Revision}");
            }

            Take(change);
            Require(change);
            TakeWithoutEffect(change.Revision);
        }
    }

    private static ulong IdOf(Event one) => one.Type == Event.Types.EventType.Put ? Requests.IdOf(one.Kv.Value) : 0;

    private void TakeWithoutEffect(long revision)
    {
        foreach (var call in _withoutEffect[revision])
        {
            Apply(call.Kind, call.Request, call.Id);
        }
    }

    private void Take(Change change)
    {
        var ids = change.Events.Select(IdOf).Where(id => id != 0).Distinct().ToList();
        if (ids.Count == 0 && change.Events.All(one => one.Type == Event.Types.EventType.Delete))
        {
            TakeDelete(change);
            return;
        }

        if (ids.Count != 1 || !_writes.TryGetValue(ids[0], out var call))
        {
            throw new Violation(
                "nothing is invented",
                $"revision {change.Revision} is of no request: {string.Join("; ", change.Events)}"
            );
        }

        if (call.Request is PutRequest { Lease: not 0 } put && _leases.Add(put.Lease))
        {
            Apply(RequestKind.LeaseGrant, new LeaseGrantRequest { ID = put.Lease, TTL = 1 }, ForeignIds + _index);
        }

        RevisionOf[call.Id] = change.Revision;
        Apply(call.Kind, call.Request, call.Id);
    }

    private void TakeDelete(Change change)
    {
        if (_deletesByRevision.TryGetValue(change.Revision, out var answered))
        {
            RevisionOf[answered.Id] = change.Revision;
            Apply(answered.Kind, answered.Request, answered.Id);
            return;
        }

        var keys = change.Events.Select(one => one.Kv.Key.ToStringUtf8()).ToList();
        var isLease = keys is [var only] && only.StartsWith("l/", StringComparison.Ordinal);
        if (!isLease && !_lostDeletes.Exists(call => keys.TrueForAll(key => Covers((DeleteRangeRequest)call.Request, key))))
        {
            throw new Violation(
                "nothing is invented",
                $"at revision {change.Revision} {string.Join(',', keys)} are gone; nobody deleted them"
            );
        }

        var txn = new TxnRequest();
        txn.Success.AddRange(
            change.Events.Select(one => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = one.Kv.Key } })
        );
        Apply(RequestKind.Txn, txn, ForeignIds + _index);
    }

    private static bool Covers(DeleteRangeRequest request, string key) =>
        Simulation.Checking.ReplicatedModel.IsWithin(key, request.Key.ToStringUtf8(), request.RangeEnd.ToStringUtf8());

    private void Apply(RequestKind kind, IMessage request, ulong id)
    {
        _index++;
        if (_world.Model.Apply(new Entry(EntryType.Normal, 1, _index, Wire.Encode(kind, request, id))) is null)
        {
            throw new Violation(
                "once",
                $"request {id} took effect twice, the second time behind revision {_world.Model.Revision}"
            );
        }
    }

    /// <summary>The request must have done in the store what it does in the model, all of it and nothing else.</summary>
    private void Require(Change change)
    {
        var expected = _world.Model.EventsBetween(change.Revision, change.Revision).ToList();
        var same =
            expected.Count == change.Events.Count
            && expected
                .Zip(change.Events)
                .All(pair =>
                    pair.First.IsDelete == (pair.Second.Type == Event.Types.EventType.Delete)
                    && pair.First.Value.Equals(pair.Second.Kv)
                );
        if (!same)
        {
            throw new Violation(
                "state machine safety",
                $"revision {change.Revision} is {string.Join("; ", change.Events)}, the model has {string.Join("; ", expected)}"
            );
        }
    }
}
