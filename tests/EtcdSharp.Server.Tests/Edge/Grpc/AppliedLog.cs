using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Platform;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;
using LeaseStatusCode = EtcdSharp.Replica.Lease.LeaseStatus;

namespace EtcdSharp.Server.Tests.Edge.Grpc;

/// <summary>A replicated log of one member without the log: what is proposed is applied at once, to the real store and lessor.</summary>
internal sealed class AppliedLog(MvccStore store, Lessor lessor, BackendStore backend, IClock clock) : IReplicatedLog
{
    private readonly Lock _apply = new();
    private ulong _index;

    public ulong ClusterId => 0xC1;

    public ulong MemberId => 0xE1;

    public ulong Term => 2;

    public ulong LeaderId => IsLeader ? MemberId : 0;

    public bool IsLeader { get; set; } = true;

    /// <summary>What requests of a kind end with instead of being applied; null to apply them.</summary>
    public Func<RequestKind, EtcdError?> Refusal { get; set; } = static _ => null;

    public ulong CommittedIndex => _index;

    public ulong AppliedIndex => _index;

    public ulong NextRequestId() => 0x8000_0000_0000_0000 | ++_index;

    public ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        ReadOnlySpan<byte> body,
        CancellationToken cancellation,
        Caller? caller = null
    ) => throw new NotSupportedException("Not asked for by these services.");

    public ValueTask<ApplyResult> ProposeAsync(
        RequestKind kind,
        IMessage body,
        CancellationToken cancellation,
        Caller? caller = null
    )
    {
        if (Refusal(kind) is { } refusal)
        {
            return new(ApplyResult.Failed(refusal));
        }

        lock (_apply)
        {
            backend.BeginEntry(++_index, Term);
            var result = body switch
            {
                LeaseGrantRequest grant => Grant(grant),
                LeaseRevokeRequest revoke => Revoke(revoke.ID),
                _ => throw new NotSupportedException($"{kind} is not applied here."),
            };
            backend.EndEntry();
            return new(result);
        }
    }

    /// <summary>Puts keys in one transaction.</summary>
    public long Put(long lease, params (byte[] Key, byte[] Value)[] pairs)
    {
        lock (_apply)
        {
            backend.BeginEntry(++_index, Term);
            var transaction = store.BeginWrite();
            foreach (var (key, value) in pairs)
            {
                transaction.Put(
                    new PutCommand
                    {
                        Key = key,
                        Value = value,
                        Lease = lease,
                    }
                );
            }

            transaction.End();
            backend.EndEntry();
            return store.CurrentRevision;
        }
    }

    public void Compact(long revision)
    {
        lock (_apply)
        {
            backend.BeginEntry(++_index, Term);
            Assert.Equal(MvccStatus.Ok, store.Compact(revision, out _));
            backend.EndEntry();
        }
    }

    public ValueTask<ApplyResult> ProposeAsLeaderAsync(
        ulong term,
        RequestKind kind,
        IMessage body,
        CancellationToken cancellation,
        Caller? caller = null
    ) => ProposeAsync(kind, body, cancellation, caller);

    public ValueTask<EtcdError?> ReadBarrierAsync(CancellationToken cancellation) => new((EtcdError?)null);

    public ValueTask<EtcdError?> WaitAppliedAsync(ulong index, TimeSpan timeout, CancellationToken cancellation) =>
        new((EtcdError?)null);

    public ResponseHeader Header(long revision) =>
        new()
        {
            ClusterId = ClusterId,
            MemberId = MemberId,
            RaftTerm = Term,
            Revision = revision,
        };

    private ApplyResult Grant(LeaseGrantRequest request)
    {
        var granted = lessor.Grant(request.ID, request.TTL, clock.MonotonicNanoseconds);
        return granted.Status switch
        {
            LeaseStatusCode.AlreadyExists => ApplyResult.Failed(EtcdError.LeaseExist),
            LeaseStatusCode.TtlTooLarge => ApplyResult.Failed(EtcdError.LeaseTTLTooLarge),
            _ => ApplyResult.Done(store.CurrentRevision, new LeaseGrantResponse { ID = granted.Id, TTL = granted.TtlSeconds }),
        };
    }

    private ApplyResult Revoke(long id)
    {
        if (lessor.KeysToRevoke(id) is not { } keys)
        {
            return ApplyResult.Failed(EtcdError.LeaseNotFound);
        }

        var transaction = store.BeginWrite();
        foreach (var key in keys)
        {
            transaction.DeleteRange(key, []);
        }

        lessor.Revoke(id);
        transaction.End();
        return ApplyResult.Done(store.CurrentRevision);
    }
}
