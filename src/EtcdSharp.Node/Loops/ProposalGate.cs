using EtcdSharp.Api.Errors;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Platform;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Node.Loops;

/// <summary>
/// The way into the log: refuses what is too large or comes when the member is behind, encodes the rest once, and
/// hands it to the raft loop. Any thread.
/// </summary>
internal sealed class ProposalGate(NodeState state, WaiterTable waiters, RaftLoop loop, IClock clock, NodeOptions options)
{
    /// <summary>How far applying may lag behind before clients are told to slow down; etcd's figure.</summary>
    private const ulong NormalGapMax = 5000;

    /// <summary>What frees leases, space or history is let in for twice as long, or the backlog could never shrink.</summary>
    private const ulong PriorityGapMax = 2 * NormalGapMax;

    /// <summary>Bytes that may wait for the raft loop: 170 requests of the largest size; 256 MiB of memory.</summary>
    private const long WaitingBytesMax = 256L * 1024 * 1024;

    private readonly NodeMetrics _metrics = options.Metrics;
    private readonly long _timeoutNanoseconds = (long)options.RequestTimeout.TotalNanoseconds;

    public ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        ReadOnlySpan<byte> body,
        CancellationToken cancellation,
        Caller? caller = null,
        ulong leaderTerm = 0
    )
    {
        if (Refusal(kind) is { } refusal)
        {
            return Refused(refusal);
        }

        var pending = waiters.TryReserve(out var id);
        if (pending is null)
        {
            return Refused(EtcdError.RequestTooManyRequests);
        }

        var size = RequestEncoding.SizeOf(kind, body.Length, id, caller);
        var data = size <= options.MaxRequestBytes ? new byte[size] : [];
        if (data.Length != 0)
        {
            RequestEncoding.Encode(data, kind, body, id, caller);
        }

        return Enter(pending, new Proposal(id, data, leaderTerm), kind, cancellation);
    }

    private ValueTask<ApplyResult> Enter(
        PendingRequest pending,
        in Proposal proposal,
        RequestKind kind,
        CancellationToken cancellation
    )
    {
        _metrics.AddPendingProposals(1);
        var result = pending.Start(proposal.Id, clock.MonotonicNanoseconds + _timeoutNanoseconds, cancellation);
        var refusal =
            proposal.Data.Length == 0 ? EtcdError.RequestTooLarge
            : loop.Propose(LaneOf(kind), proposal) ? null
            : EtcdError.Stopped;
        if (refusal is not null && waiters.TryTake(proposal.Id, ApplyResult.Failed(refusal)) is { } taken)
        {
            taken.Complete();
        }

        return result;
    }

    private static ProposalLane LaneOf(RequestKind kind) =>
        kind is RequestKind.LeaseRevoke or RequestKind.Compaction or RequestKind.Alarm
            ? ProposalLane.Priority
            : ProposalLane.Normal;

    private EtcdError? Refusal(RequestKind kind)
    {
        var gapMax = LaneOf(kind) == ProposalLane.Priority ? PriorityGapMax : NormalGapMax;
        return state.CommittedIndex > state.AppliedIndex + gapMax || loop.WaitingBytes > WaitingBytesMax
            ? EtcdError.RequestTooManyRequests
            : null;
    }

    private ValueTask<ApplyResult> Refused(EtcdError error)
    {
        _metrics.ProposalsFailed.Add(1);
        return new ValueTask<ApplyResult>(ApplyResult.Failed(error));
    }
}
