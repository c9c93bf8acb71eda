using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Node;

/// <summary>What the services of a member ask of the replicated log. Every method may be called on any thread.</summary>
internal interface IReplicatedLog
{
    ulong ClusterId { get; }

    ulong MemberId { get; }

    /// <summary>The raft term of the last applied entry.</summary>
    ulong Term { get; }

    /// <summary>The leader as this member knows it; 0 for none.</summary>
    ulong LeaderId { get; }

    bool IsLeader { get; }

    ulong CommittedIndex { get; }

    ulong AppliedIndex { get; }

    /// <summary>A fresh id that no other request of the cluster has; also the source of lease ids.</summary>
    ulong NextRequestId();

    /// <summary>
    /// Replicates a request and waits until it is applied here. <paramref name="body"/> is the encoded request
    /// (PutRequest for <see cref="RequestKind.Put"/> and so on) and is copied before the call returns. Without a caller it
    /// is refused where authentication is on and the request is a user's.
    /// </summary>
    ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        ReadOnlySpan<byte> body,
        CancellationToken cancellation,
        Caller? caller = null
    );

    /// <summary>As above for a generated message.</summary>
    ValueTask<ApplyResult> ProposeAsync(RequestKind kind, IMessage body, CancellationToken cancellation, Caller? caller = null);

    /// <summary>
    /// As above for what only the leader may decide: the request is void unless this member leads in that term when the
    /// request gets into the log (<see cref="EtcdError.LeaderChanged"/>), and is never forwarded to another leader.
    /// </summary>
    ValueTask<ApplyResult> ProposeAsLeaderAsync(
        ulong term,
        RequestKind kind,
        IMessage body,
        CancellationToken cancellation,
        Caller? caller = null
    );

    /// <summary>
    /// Waits until this member has applied everything that was committed when the call began, as confirmed by the
    /// leader: a read after it is linearizable. Null on success.
    /// </summary>
    ValueTask<EtcdError?> ReadBarrierAsync(CancellationToken cancellation);

    /// <summary>
    /// Waits until the entry at <paramref name="index"/> is applied here, at most <paramref name="timeout"/>;
    /// <see cref="EtcdError.TimeoutWaitAppliedIndex"/> after that. Null on success.
    /// </summary>
    ValueTask<EtcdError?> WaitAppliedAsync(ulong index, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>A header with the ids and the term filled in.</summary>
    ResponseHeader Header(long revision);
}
