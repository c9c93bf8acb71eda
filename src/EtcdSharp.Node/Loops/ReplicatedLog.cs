using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Node.Reads;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Node.Loops;

/// <summary>The log as the services see it: the gate in front, the read index beside, the state behind.</summary>
internal sealed class ReplicatedLog(
    ulong clusterId,
    NodeState state,
    RequestIds ids,
    ProposalGate gate,
    ReadIndex reads,
    AppliedWaiters applied
) : IReplicatedLog
{
    public ulong ClusterId { get; } = clusterId;

    public ulong MemberId => state.MemberId;

    public ulong Term => state.AppliedTerm;

    public ulong LeaderId => state.LeaderId;

    public bool IsLeader => state.IsLeader;

    public ulong CommittedIndex => state.CommittedIndex;

    public ulong AppliedIndex => state.AppliedIndex;

    public ulong NextRequestId() => ids.Next();

    public ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        ReadOnlySpan<byte> body,
        CancellationToken cancellation,
        Caller? caller = null
    ) => gate.ProposeAsync(kind, body, cancellation, caller);

    public ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        IMessage body,
        CancellationToken cancellation,
        Caller? caller = null
    ) => gate.ProposeAsync(kind, body.ToByteArray(), cancellation, caller);

    public ValueTask<ApplyResult> ProposeAsLeaderAsync(
        ulong term,
        RequestKind kind,
        IMessage body,
        CancellationToken cancellation,
        Caller? caller = null
    ) => gate.ProposeAsync(kind, body.ToByteArray(), cancellation, caller, term);

    public ValueTask<EtcdError?> ReadBarrierAsync(CancellationToken cancellation) => reads.WaitAsync(cancellation);

    public ValueTask<EtcdError?> WaitAppliedAsync(ulong index, TimeSpan timeout, CancellationToken cancellation) =>
        applied.WaitAsync(index, timeout, cancellation);

    public ResponseHeader Header(long revision) =>
        new()
        {
            ClusterId = ClusterId,
            MemberId = MemberId,
            Revision = revision,
            RaftTerm = Term,
        };
}
