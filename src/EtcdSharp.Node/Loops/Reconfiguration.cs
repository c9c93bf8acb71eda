using EtcdSharp.Api.Errors;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Node.Reads;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Node.Loops;

/// <summary>Proposes changes of the membership, after checking that the cluster keeps working with them.</summary>
internal sealed class Reconfiguration(
    NodeState state,
    WaiterTable waiters,
    RaftLoop loop,
    AppliedWaiters applied,
    ClusterState cluster,
    IPeerTransport transport,
    IClock clock,
    NodeOptions options
)
{
    /// <summary>A connection counts as working once it has stood this long.</summary>
    private static readonly TimeSpan HealthyAfter = TimeSpan.FromSeconds(5);

    /// <summary>How much of the leader's log a learner must have before it may become a voter.</summary>
    private const double LearnerReadyShare = 0.9;

    private static readonly TimeSpan ApplyWait = TimeSpan.FromSeconds(1);

    public async ValueTask<(MemberInfo? Member, ClusterView? View, EtcdError? Error)> AddAsync(
        IReadOnlyList<string> peerUrls,
        bool isLearner,
        CancellationToken cancellation
    )
    {
        var member = new MemberInfo(MemberIds.ForMember(peerUrls, "", clock.UtcNow), peerUrls, isLearner);
        if (options.StrictReconfigCheck && MayAdd(isLearner) is { } refusal)
        {
            return (null, null, refusal);
        }

        var type = isLearner ? ConfChangeType.AddLearnerNode : ConfChangeType.AddNode;
        var (view, error) = await ProposeAsync(type, member.Id, MemberJson.Encode(member), cancellation).ConfigureAwait(false);
        return (member, view, error);
    }

    public async ValueTask<(ClusterView? View, EtcdError? Error)> RemoveAsync(ulong id, CancellationToken cancellation) =>
        options.StrictReconfigCheck && MayRemove(id) is { } refusal
            ? (null, refusal)
            : await ProposeAsync(ConfChangeType.RemoveNode, id, default, cancellation).ConfigureAwait(false);

    public ValueTask<(ClusterView? View, EtcdError? Error)> UpdateAsync(
        ulong id,
        IReadOnlyList<string> peerUrls,
        CancellationToken cancellation
    ) => ProposeAsync(ConfChangeType.UpdateNode, id, MemberJson.Encode(new MemberInfo(id, peerUrls)), cancellation);

    /// <summary>Asks the leader for a promotion when this member is not it.</summary>
    public Func<ulong, CancellationToken, ValueTask<(ClusterView? View, EtcdError? Error)>>? PromoteAtLeader { get; set; }

    public async ValueTask<(ClusterView? View, EtcdError? Error)> PromoteAsync(ulong id, CancellationToken cancellation)
    {
        var (view, error) = await PromoteHereAsync(id, cancellation).ConfigureAwait(false);
        return ReferenceEquals(error, EtcdError.NotLeader) && PromoteAtLeader is { } ask
            ? await ask(id, cancellation).ConfigureAwait(false)
            : (view, error);
    }

    /// <summary>Only the leader can: others do not know how far the learner is.</summary>
    public async ValueTask<(ClusterView? View, EtcdError? Error)> PromoteHereAsync(ulong id, CancellationToken cancellation)
    {
        var (view, error) = await TryPromoteAsync(id, cancellation).ConfigureAwait(false);
        if (error is null)
        {
            options.Metrics.LearnersPromoted.Add(1);
        }
        else if (!ReferenceEquals(error, EtcdError.NotLeader))
        {
            options.Metrics.LearnerPromotionsFailed.Add(1, new KeyValuePair<string, object?>("Reason", error.Message));
        }

        return (view, error);
    }

    private async ValueTask<(ClusterView? View, EtcdError? Error)> TryPromoteAsync(ulong id, CancellationToken cancellation)
    {
        if (await applied.WaitAsync(state.CommittedIndex, ApplyWait, cancellation).ConfigureAwait(false) is { } late)
        {
            return (null, late);
        }

        if (IsLearnerReady(id) is { } refusal)
        {
            return (null, refusal);
        }

        return options.StrictReconfigCheck && !ReconfigurationRules.MayPromote(cluster.View)
            ? (null, EtcdError.MemberNotEnoughStarted)
            : await ProposeAsync(ConfChangeType.AddNode, id, MemberJson.EncodePromotion(id), cancellation).ConfigureAwait(false);
    }

    private EtcdError? MayAdd(bool isLearner)
    {
        var view = cluster.View;
        if (!isLearner && !ReconfigurationRules.MayAddVoter(view))
        {
            return EtcdError.MemberNotEnoughStarted;
        }

        var voters = view.Voters.Count();
        return voters == 1 || Connected(view) >= ((voters + 1) / 2) + 1 ? null : EtcdError.Unhealthy;
    }

    private EtcdError? MayRemove(ulong id)
    {
        var view = cluster.View;
        if (view.Find(id) is { IsLearner: true })
        {
            return null;
        }

        if (!ReconfigurationRules.MayRemoveVoter(view, id))
        {
            return EtcdError.MemberNotEnoughStarted;
        }

        // A member that is down is no part of the quorum that works, so it may always go.
        if (id != state.MemberId && transport.ActiveSince(id) is null)
        {
            return null;
        }

        return Connected(view) - 1 >= 1 + ((view.Voters.Count() - 1) / 2) ? null : EtcdError.Unhealthy;
    }

    private int Connected(ClusterView view)
    {
        var since = clock.UtcNow - HealthyAfter;
        return view.Voters.Count(member => member.Id == state.MemberId || transport.ActiveSince(member.Id) < since);
    }

    private EtcdError? IsLearnerReady(ulong id)
    {
        var status = loop.Call(node => node.Status());
        if (status is null)
        {
            return EtcdError.Stopped;
        }

        if (status.Progress.Count == 0)
        {
            return EtcdError.NotLeader;
        }

        var own = status.Progress.FirstOrDefault(progress => progress.Id == state.MemberId);
        var learner = status.Progress.FirstOrDefault(progress => progress.Id == id);
        if (learner is null || own is null)
        {
            return EtcdError.MemberNotFound;
        }

        return learner.Match < own.Match * LearnerReadyShare ? EtcdError.LearnerNotReady : null;
    }

    private async ValueTask<(ClusterView? View, EtcdError? Error)> ProposeAsync(
        ConfChangeType type,
        ulong id,
        ReadOnlyMemory<byte> context,
        CancellationToken cancellation
    )
    {
        if (waiters.TryReserve(out var requestId) is not { } pending)
        {
            return (null, EtcdError.RequestTooManyRequests);
        }

        var deadline = clock.MonotonicNanoseconds + (long)options.RequestTimeout.TotalNanoseconds;
        var task = pending.Start(requestId, deadline, cancellation);
        var change = new ConfChange(requestId, type, id, context);

        // Without a leader raft drops the change, and the request times out as it does in etcd.
        if (!loop.Post(node => node.ProposeConfChange(change)))
        {
            waiters.TryTake(requestId, ApplyResult.Failed(EtcdError.Stopped))?.Complete();
        }

        var result = await task.ConfigureAwait(false);
        return ((ClusterView?)result.Response, result.Error);
    }
}
