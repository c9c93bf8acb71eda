using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;
using Revision = EtcdSharp.Storage.Backend.Revision;

namespace EtcdSharp.Simulation.Checking;

/// <summary>
/// A plain key-value store with versions, fed with the committed entries in log order: what every member must hold and
/// answer. It keeps everything for ever, so it knows the past that members have compacted.
/// </summary>
internal sealed partial class ReplicatedModel
{
    private readonly SortedDictionary<string, List<ModelVersion>> _keys = new(StringComparer.Ordinal);
    private readonly List<Outcome> _outcomes = [];
    private readonly Dictionary<ulong, Outcome> _byId = [];
    private readonly List<ModelEvent> _events = [];
    private readonly Dictionary<long, ModelLease> _leases = [];
    private readonly Dictionary<string, long> _leaseOfKey = new(StringComparer.Ordinal);

    private readonly HashSet<ulong> _noSpace = [];

    public long Revision { get; private set; } = 1;

    public int LeaseCheckpoints { get; private set; }

    public int LearnersAdded { get; private set; }

    /// <summary>The first members included.</summary>
    public int VotersAdded { get; private set; }

    public int MembersRemoved { get; private set; }

    /// <summary>How often a member's file had reached its quota.</summary>
    public int AlarmsRaised { get; private set; }

    public long Compacted { get; private set; } = -1;

    public long MinimumTtlSeconds { get; set; } = 1;

    public List<Revision> Deletions { get; } = [];

    /// <summary>Called with the id of a lease when its revocation is committed.</summary>
    public Action<ulong, long>? LeaseRevoked { get; set; }

    public IEnumerable<long> LeaseIds =>
        _leases.Values.Where(lease => lease.RevokedAt == ulong.MaxValue).Select(lease => lease.Id);

    public int EventCount => _events.Count;

    public Outcome OutcomeOf(ulong index) => _outcomes[(int)index - 1];

    public Outcome? Find(ulong id) => _byId.GetValueOrDefault(id);

    /// <summary>The state before any entry for index 0.</summary>
    public (long Revision, long Compacted) After(ulong index) =>
        index == 0 ? (1, -1) : (_outcomes[(int)index - 1].Revision, _outcomes[(int)index - 1].Compacted);

    public IEnumerable<long> LeasesAfter(ulong index) =>
        _leases.Values.Where(lease => lease.GrantedAt <= index && lease.RevokedAt > index).Select(lease => lease.Id).Order();

    /// <summary>Takes the next committed entry; null when its id was there before, which may not be.</summary>
    public Outcome? Apply(in Entry entry)
    {
        var (kind, id, error, response) = (RequestKind.None, 0UL, (EtcdError?)null, (IMessage?)null);
        if (entry.Type == EntryType.Normal && !entry.Data.IsEmpty && RequestEncoding.TryDecode(entry.Data.Span, out var request))
        {
            kind = request.Kind;
            id = request.Id;
            (error, response) = Apply(entry.Index, id, kind, request.Body(entry.Data.Span));
        }
        else if (entry.Type == EntryType.ConfChange && RaftWire.TryDecode(entry.Data, out ConfChange? change))
        {
            LearnersAdded += change.Type == ConfChangeType.AddLearnerNode ? 1 : 0;
            VotersAdded += change.Type == ConfChangeType.AddNode ? 1 : 0;
            MembersRemoved += change.Type == ConfChangeType.RemoveNode ? 1 : 0;
        }

        var outcome = new Outcome(entry.Index, id, kind, error, Revision, Compacted, response);
        _outcomes.Add(outcome);
        return id == 0 || _byId.TryAdd(id, outcome) ? outcome : null;
    }

    /// <summary>Events of a range of revisions in order.</summary>
    public IEnumerable<ModelEvent> EventsBetween(long first, long last)
    {
        var (low, high) = (0, _events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _events[middle].Revision < first ? (middle + 1, high) : (low, middle);
        }

        for (var i = low; i < _events.Count && _events[i].Revision <= last; i++)
        {
            yield return _events[i];
        }
    }

    public RangeResponse Range(RangeRequest request, long revision)
    {
        var response = new RangeResponse();
        foreach (var (key, versions) in Within(Text(request.Key), Text(request.RangeEnd)))
        {
            if (At(versions, revision) is { } value)
            {
                response.Count++;
                if (request.Limit == 0 || response.Kvs.Count < request.Limit)
                {
                    response.Kvs.Add(value);
                }
            }
        }

        response.More = response.Kvs.Count < response.Count;
        return response;
    }

    public bool AnyKeyAt(long revision) => _keys.Values.Any(versions => At(versions, revision) is not null);

    public KeyValue? ValueAt(string key, long revision) =>
        _keys.TryGetValue(key, out var versions) ? At(versions, revision) : null;

    public static bool IsWithin(string key, string start, string end) =>
        end.Length == 0
            ? key == start
            : string.CompareOrdinal(key, start) >= 0 && (end == "\0" || string.CompareOrdinal(key, end) < 0);

    private static string Text(ByteString bytes) => bytes.ToString(System.Text.Encoding.Latin1);

    private static KeyValue? At(List<ModelVersion> versions, long revision)
    {
        for (var i = versions.Count - 1; i >= 0; i--)
        {
            if (versions[i].Revision <= revision)
            {
                return versions[i].Value;
            }
        }

        return null;
    }

    private IEnumerable<KeyValuePair<string, List<ModelVersion>>> Within(string start, string end) =>
        _keys.Where(pair => IsWithin(pair.Key, start, end));

    private (EtcdError? Error, IMessage? Response) Apply(ulong index, ulong id, RequestKind kind, ReadOnlySpan<byte> body)
    {
        if (_noSpace.Count != 0 && Quota.CostOf(kind, body) > 0)
        {
            return (EtcdError.NoSpace, null);
        }

        switch (kind)
        {
            case RequestKind.Put:
                var put = PutRequest.Parser.ParseFrom(body);
                if (!LeaseIsThere(put.Lease))
                {
                    return (EtcdError.LeaseNotFound, null);
                }

                var putResponse = Put(put, Revision + 1);
                Revision++;
                return (null, putResponse);
            case RequestKind.DeleteRange:
                var deleteResponse = Delete(DeleteRangeRequest.Parser.ParseFrom(body), Revision + 1);
                Revision += deleteResponse.Deleted > 0 ? 1 : 0;
                return (null, deleteResponse);
            case RequestKind.Txn:
                return Txn(TxnRequest.Parser.ParseFrom(body));
            case RequestKind.Compaction:
                return (Compact(CompactionRequest.Parser.ParseFrom(body).Revision), null);
            case RequestKind.LeaseGrant:
                return Grant(index, LeaseGrantRequest.Parser.ParseFrom(body));
            case RequestKind.LeaseRevoke:
                return (Revoke(index, id, LeaseRevokeRequest.Parser.ParseFrom(body).ID), null);
            case RequestKind.LeaseCheckpoint:
                LeaseCheckpoints++;
                return (null, null);
            case RequestKind.Alarm:
                ChangeAlarm(AlarmRequest.Parser.ParseFrom(body));
                return (null, null);
            default:
                return (null, null);
        }
    }

    private void ChangeAlarm(AlarmRequest request)
    {
        if (request.Action == AlarmRequest.Types.AlarmAction.Activate)
        {
            AlarmsRaised += _noSpace.Add(request.MemberID) ? 1 : 0;
        }
        else
        {
            _noSpace.Remove(request.MemberID);
        }
    }

    private bool LeaseIsThere(long id) =>
        id == 0 || (_leases.TryGetValue(id, out var lease) && lease.RevokedAt == ulong.MaxValue);

    private PutResponse Put(PutRequest request, long revision)
    {
        var key = Text(request.Key);
        var previous = ValueAt(key, revision);
        Write(
            key,
            revision,
            new KeyValue
            {
                Key = request.Key,
                Value = request.Value,
                CreateRevision = previous?.CreateRevision ?? revision,
                ModRevision = revision,
                Version = (previous?.Version ?? 0) + 1,
                Lease = request.Lease,
            }
        );
        Detach(key);
        if (request.Lease != 0)
        {
            _leases[request.Lease].Keys.Add(key);
            _leaseOfKey[key] = request.Lease;
        }

        return new PutResponse { PrevKv = request.PrevKv ? previous : null };
    }

    private DeleteRangeResponse Delete(DeleteRangeRequest request, long revision)
    {
        var response = new DeleteRangeResponse();
        foreach (var (key, versions) in Within(Text(request.Key), Text(request.RangeEnd)).ToList())
        {
            if (At(versions, revision) is { } value)
            {
                response.Deleted++;
                if (request.PrevKv)
                {
                    response.PrevKvs.Add(value);
                }

                Write(key, revision, null);
                Detach(key);
            }
        }

        return response;
    }

    private void Write(string key, long revision, KeyValue? value)
    {
        if (!_keys.TryGetValue(key, out var versions))
        {
            _keys[key] = versions = [];
        }

        var sub = _events.Count;
        while (sub > 0 && _events[sub - 1].Revision == revision)
        {
            sub--;
        }

        if (value is null)
        {
            Deletions.Add(new Revision(revision, _events.Count - sub));
        }

        versions.Add(new ModelVersion(revision, value));
        var shown = value ?? new KeyValue { Key = ByteString.CopyFromUtf8(key), ModRevision = revision };
        _events.Add(new ModelEvent(revision, key, value is null, shown));
    }

    private void Detach(string key)
    {
        if (_leaseOfKey.Remove(key, out var lease))
        {
            _leases[lease].Keys.Remove(key);
        }
    }

    private EtcdError? Compact(long revision)
    {
        if (revision <= Compacted || revision > Revision)
        {
            return revision <= Compacted ? EtcdError.Compacted : EtcdError.FutureRev;
        }

        Compacted = revision;
        return null;
    }

    private (EtcdError? Error, IMessage? Response) Grant(ulong index, LeaseGrantRequest request)
    {
        if (_leases.TryGetValue(request.ID, out var present) && present.RevokedAt == ulong.MaxValue)
        {
            return (EtcdError.LeaseExist, null);
        }

        var lease = new ModelLease(request.ID, Math.Max(request.TTL, MinimumTtlSeconds), index);
        _leases[request.ID] = lease;
        return (null, new LeaseGrantResponse { ID = lease.Id, TTL = lease.TtlSeconds });
    }

    private EtcdError? Revoke(ulong index, ulong requestId, long id)
    {
        if (!LeaseIsThere(id) || id == 0)
        {
            return EtcdError.LeaseNotFound;
        }

        var lease = _leases[id];
        lease.RevokedAt = index;
        var keys = lease.Keys.ToArray();
        foreach (var key in keys)
        {
            Write(key, Revision + 1, null);
            _leaseOfKey.Remove(key);
        }

        lease.Keys.Clear();
        Revision += keys.Length > 0 ? 1 : 0;
        LeaseRevoked?.Invoke(requestId, id);
        return null;
    }
}
