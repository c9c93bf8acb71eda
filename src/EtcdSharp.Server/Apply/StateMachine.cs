using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Raft;
using EtcdSharp.Server.Auth;
using EtcdSharp.Server.Lease;
using EtcdSharp.Server.Membership;
using EtcdSharp.Server.Node;
using EtcdSharp.Storage.Snap.V2;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Apply;

/// <summary>The replicated state of a member: entries come in, in order, and pass the chain of appliers.</summary>
internal sealed class StateMachine : IStateMachine
{
    private const int LegacyRequestField = 2;

    private static readonly EtcdVersion CheckpointsPersistFrom = new(3, 6, 0);

    private readonly RequestApplier _chain;
    private readonly MvccStore _store;
    private readonly Lessor _lessor;
    private readonly AlarmStore _alarms;
    private readonly ClusterState _cluster;
    private readonly ILeadership _leadership;
    private readonly IPeerSet _peers;
    private readonly IClock _clock;
    private readonly StateMachineOptions _options;
    private readonly ILogger _logger;

    public StateMachine(
        MvccStore store,
        Lessor lessor,
        AlarmStore alarms,
        AuthStore auth,
        Quota quota,
        ClusterState cluster,
        ILeadership leadership,
        IPeerSet peers,
        IClock clock,
        StateMachineOptions options,
        ILogger logger
    )
    {
        var executor = new RequestExecutor(store, lessor, alarms, cluster, clock, AnswerMemory.Shared);
        _chain = new AlarmApplier(new QuotaApplier(new AuthApplier(executor, auth, store, lessor), quota), alarms);
        _store = store;
        _lessor = lessor;
        _alarms = alarms;
        _cluster = cluster;
        _leadership = leadership;
        _peers = peers;
        _clock = clock;
        _options = options;
        _logger = logger;
        cluster.Changed += FollowVersion;
        FollowVersion(cluster.View);
    }

    /// <summary>Raises the NOSPACE alarm through the log and completes the request after it; set once the log can be proposed to.</summary>
    public Action<IAppliedRequest>? CompleteAfterAlarm { get; set; }

    /// <summary>Called on the apply loop when the first entry of a term is applied: whoever leads can act now.</summary>
    public Action? TermBegun { get; set; }

    /// <summary>Called on the apply loop when this member has been removed from the cluster.</summary>
    public Action? RemovedFromCluster { get; set; }

    public ConfState? Configuration { get; private set; }

    public ApplyResult Apply(in Entry entry, in DecodedRequest request, bool someoneWaits)
    {
        var started = _clock.MonotonicNanoseconds;
        var body = request.Body(entry.Data.Span);
        var result = _chain.Apply(new ApplyContext(request.Kind, body, entry.Index, request.Caller, someoneWaits));
        var took = _clock.MonotonicNanoseconds - started;
        if (took > _options.SlowApplyNanoseconds)
        {
            _options.Metrics.SlowApplies.Add(1);
            ApplyLog.SlowApply(
                _logger,
                TimeSpan.FromMicroseconds(took / 1e3),
                TimeSpan.FromMicroseconds(_options.SlowApplyNanoseconds / 1e3),
                request.Kind
            );
        }

        ApplyMetrics.Record(
            _options.Metrics,
            request.Kind,
            result.IsApplied || ReferenceEquals(result.Error, EtcdError.Compacted),
            took
        );
        return result;
    }

    public void ApplyEmpty(in Entry entry)
    {
        if (_leadership.IsLeader)
        {
            _lessor.Promote(_options.ElectionTimeout, _clock.MonotonicNanoseconds);
        }

        TermBegun?.Invoke();
    }

    public void ApplyLegacy(in Entry entry)
    {
        var request = LegacyRequest.TryDecode(LegacyBody(entry.Data.Span), out var problem);
        switch (request?.Kind)
        {
            case null:
                throw new InvalidDataException($"entry {entry.Index} of the log is no request: {problem}");
            case LegacyRequestKind.ClusterVersion:
                ClusterRequests.SetVersion(request.ClusterVersion, _cluster);
                break;
            case LegacyRequestKind.MemberAttributes:
                _cluster.SetAttributes(request.MemberId, request.Name, request.ClientUrls);
                break;
        }
    }

    public ApplyResult ApplyConfiguration(in Entry entry, ConfChange change, Func<ConfChange, ConfState> takeEffect)
    {
        if (ReconfigurationRules.CheckApply(_cluster.View, change, _options.MaxLearners) is { } error)
        {
            takeEffect(change with { NodeId = RaftIds.None });
            ApplyLog.ConfigurationRefused(_logger, change.Type, MemberIds.ToText(change.NodeId), error.Message);
            return ApplyResult.Failed(error);
        }

        Configuration = takeEffect(change);
        _cluster.StoreConfiguration(Configuration);
        ChangeMembers(change);
        ApplyLog.ConfigurationChanged(
            _logger,
            MemberIds.ToText(_cluster.LocalId),
            $"ConfChange{change.Type}",
            MemberIds.ToText(change.NodeId)
        );
        return ApplyResult.Done(_store.CurrentRevision, _cluster.View);
    }

    public bool MustHold(in ApplyResult result) =>
        ReferenceEquals(result.Error, EtcdError.NoSpace) && !_alarms.IsActive(AlarmType.Nospace);

    public void Hold(IAppliedRequest request)
    {
        ApplyLog.QuotaExceeded(_logger);
        if (CompleteAfterAlarm is { } complete)
        {
            complete(request);
        }
        else
        {
            request.Complete();
        }
    }

    private void ChangeMembers(ConfChange change)
    {
        var id = change.NodeId;
        var (cluster, local, changed) = (
            MemberIds.ToText(_cluster.ClusterId),
            MemberIds.ToText(_cluster.LocalId),
            MemberIds.ToText(id)
        );
        switch (change.Type)
        {
            case ConfChangeType.AddNode or ConfChangeType.AddLearnerNode:
                Add(id, change);
                break;
            case ConfChangeType.RemoveNode:
                _cluster.Remove(id);
                ApplyLog.MemberRemoved(_logger, cluster, local, changed);
                if (id == _cluster.LocalId)
                {
                    RemovedFromCluster?.Invoke();
                }
                else
                {
                    _peers.RemovePeer(id);
                }

                break;
            case ConfChangeType.UpdateNode:
                var updated = _cluster.View.Find(id)! with { PeerUrls = Described(id, change).PeerUrls };
                _cluster.Put(updated);
                ApplyLog.MemberUpdated(_logger, cluster, local, changed, updated.PeerUrls);
                if (id != _cluster.LocalId)
                {
                    _peers.UpdatePeer(updated);
                }

                break;
        }
    }

    private void Add(ulong id, ConfChange change)
    {
        var (member, isPromote) = MemberJson.Decode(change.Context.Span);
        if (isPromote)
        {
            _cluster.Put(_cluster.View.Find(id)! with { IsLearner = false });
            ApplyLog.MemberPromoted(_logger, MemberIds.ToText(_cluster.ClusterId), MemberIds.ToText(_cluster.LocalId));
            return;
        }

        _cluster.Put(Described(id, change));
        ApplyLog.MemberAdded(
            _logger,
            MemberIds.ToText(_cluster.ClusterId),
            MemberIds.ToText(_cluster.LocalId),
            MemberIds.ToText(id),
            member.PeerUrls,
            member.IsLearner
        );
        if (id != _cluster.LocalId)
        {
            _peers.AddPeer(member);
        }
    }

    private static MemberInfo Described(ulong id, ConfChange change)
    {
        var (member, _) = MemberJson.Decode(change.Context.Span);
        return member.Id == id
            ? member
            : throw new InvalidDataException(
                $"a configuration change of member {MemberIds.ToText(id)} describes member {MemberIds.ToText(member.Id)}"
            );
    }

    private void FollowVersion(ClusterView view)
    {
        if (view.Version is { } version && version >= CheckpointsPersistFrom)
        {
            _lessor.CheckpointsPersisted = true;
        }
    }

    /// <summary>Logs of 3.x carry the old request in a field of the new envelope, older ones bare.</summary>
    private static ReadOnlySpan<byte> LegacyBody(ReadOnlySpan<byte> data)
    {
        var reader = new ProtoReader(data);
        while (reader.NextField())
        {
            if (reader.Field == LegacyRequestField && reader.IsLengthDelimited)
            {
                var body = reader.ReadBytes();
                if (LegacyRequest.TryDecode(body, out _) is not null)
                {
                    return body;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return data;
    }
}
