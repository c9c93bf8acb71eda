using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Node;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Faults;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Members;

/// <summary>The member's log, with an eye on what the leader proposes by itself, and without the real clock of a wait.</summary>
internal sealed class SimLog(SimMember member, IReplicatedLog log) : IReplicatedLog
{
    /// <summary>The defect of a leader that takes itself for one without asking.</summary>
    public bool AsksNobody { get; init; }

    public ulong ClusterId => log.ClusterId;

    public ulong MemberId => log.MemberId;

    public ulong Term => log.Term;

    public ulong LeaderId => log.LeaderId;

    public bool IsLeader => log.IsLeader;

    public ulong CommittedIndex => log.CommittedIndex;

    public ulong AppliedIndex => log.AppliedIndex;

    public ulong NextRequestId() => log.NextRequestId();

    public ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        ReadOnlySpan<byte> body,
        CancellationToken cancellation,
        Caller? caller = null
    ) => log.ProposeAsync(kind, body, cancellation, caller);

    public ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        IMessage body,
        CancellationToken cancellation,
        Caller? caller = null
    ) => log.ProposeAsync(kind, body, cancellation, caller);

    public ValueTask<ApplyResult> ProposeAsLeaderAsync(
        ulong term,
        RequestKind kind,
        IMessage body,
        CancellationToken cancellation,
        Caller? caller = null
    )
    {
        if (kind == RequestKind.LeaseRevoke)
        {
            member.World.Leases.ExpiryProposed();
            member.World.Note($"member {member.Number} proposes in term {term} what expires: {body}");
        }

        return member.World.Defect == Defect.RevocationByFormerLeader
            ? log.ProposeAsync(kind, body, cancellation, caller)
            : log.ProposeAsLeaderAsync(term, kind, body, cancellation, caller);
    }

    /// <summary>Reads share rounds, and a task lets only one of those go on at once who wait for it; so each gets its own.</summary>
    public ValueTask<EtcdError?> ReadBarrierAsync(CancellationToken cancellation)
    {
        if (AsksNobody)
        {
            return default;
        }

        var barrier = log.ReadBarrierAsync(cancellation);
        return barrier.IsCompleted ? barrier : new ValueTask<EtcdError?>(member.WhenCompleted(barrier.AsTask()));
    }

    public ValueTask<EtcdError?> WaitAppliedAsync(ulong index, TimeSpan timeout, CancellationToken cancellation) =>
        log.AppliedIndex >= index
            ? log.WaitAppliedAsync(index, timeout, cancellation)
            : new ValueTask<EtcdError?>(EtcdError.TimeoutWaitAppliedIndex);

    public ResponseHeader Header(long revision) => log.Header(revision);
}
