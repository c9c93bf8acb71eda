using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Txn;
using LeaseStatus = EtcdSharp.Replica.Lease.LeaseStatus;

namespace EtcdSharp.Replica.Apply;

/// <summary>The end of the chain: carries requests out on the store, the leases, the alarms and the membership.</summary>
internal sealed class RequestExecutor(
    MvccStore store,
    Lessor lessor,
    AlarmStore alarms,
    ClusterState cluster,
    IClock clock,
    AnswerMemory answers
) : RequestApplier
{
    private readonly TxnExecution _txn = new();
    private readonly Func<long, bool> _leaseExists = lessor.Exists;

    public override ApplyResult Apply(in ApplyContext context)
    {
        switch (context.Kind)
        {
            case RequestKind.Put:
                return Put(context);
            case RequestKind.Txn:
                return Txn(context);
            case RequestKind.DeleteRange:
                return Delete(context);
            case RequestKind.Compaction:
                return Compact(CompactionRequest.Parser.ParseFrom(context.Body));
            case RequestKind.LeaseGrant:
                return Grant(LeaseGrantRequest.Parser.ParseFrom(context.Body));
            case RequestKind.LeaseRevoke:
                return Revoke(LeaseRevokeRequest.Parser.ParseFrom(context.Body).ID);
            case RequestKind.LeaseCheckpoint:
                return Checkpoint(LeaseCheckpointRequest.Parser.ParseFrom(context.Body));
            case RequestKind.Alarm:
                return Alarm(AlarmRequest.Parser.ParseFrom(context.Body));
            case RequestKind.ClusterVersionSet or RequestKind.ClusterMemberAttrSet or RequestKind.DowngradeInfoSet:
                ClusterRequests.Apply(context, cluster);
                return ApplyResult.Done(store.CurrentRevision);
            case RequestKind.Range or RequestKind.DowngradeVersionTest:
                // Reads are not replicated any more, and the version test exists to be ignored.
                return ApplyResult.Done(store.CurrentRevision);
            default:
                throw new InvalidOperationException($"a request of kind {context.Kind} came to the end of the chain");
        }
    }

    private ApplyResult Put(in ApplyContext context)
    {
        if (!context.TryGetPut(out var put))
        {
            throw new InvalidDataException("the log holds a malformed PutRequest");
        }

        if (put.Lease != 0 && !lessor.Exists(put.Lease))
        {
            return ApplyResult.Failed(EtcdError.LeaseNotFound);
        }

        var command = new PutCommand
        {
            Key = put.Key,
            Value = put.Value,
            Lease = put.Lease,
            IgnoreValue = put.IgnoreValue,
            IgnoreLease = put.IgnoreLease,
        };
        var body = put.PrevKv && context.SomeoneWaits ? ResponseBody.Rent(answers) : null;
        using var previous = body is null ? null : RangeResult.Rent(2, body.Bounds);
        var transaction = store.BeginWrite();
        body?.ReadAt(transaction.BeginRevision);
        var status = transaction.Put(command, previous);
        var revision = transaction.Revision;
        transaction.End();
        if (body is null || previous is not { Count: > 0 })
        {
            body?.Dispose();
            return status == MvccStatus.Ok ? ApplyResult.Done(revision) : ApplyResult.Failed(MvccErrors.Of(status));
        }

        ResponseWriting.WritePut(body, previous);
        return Answered(revision, body);
    }

    private ApplyResult Delete(in ApplyContext context)
    {
        if (!RequestParsing.TryReadDelete(context.Body, out var delete))
        {
            throw new InvalidDataException("the log holds a malformed DeleteRangeRequest");
        }

        var body = context.SomeoneWaits ? ResponseBody.Rent(answers) : null;
        using var previous = delete.PrevKv && body is not null ? RangeResult.Rent(fieldNumber: 3, body.Bounds) : null;
        var transaction = store.BeginWrite();
        body?.ReadAt(transaction.BeginRevision);
        var deleted = transaction.DeleteRange(delete.Key, delete.RangeEnd, previous);
        var revision = transaction.Revision;
        transaction.End();
        if (body is null)
        {
            return ApplyResult.Done(revision);
        }

        ResponseWriting.WriteDelete(body, deleted, previous);
        return Answered(revision, body);
    }

    private ApplyResult Txn(in ApplyContext context)
    {
        _txn.Clear();
        var transaction = store.BeginWrite();
        if (_txn.Check(context.Body, transaction, _leaseExists) is { } error)
        {
            transaction.End();
            return ApplyResult.Failed(error);
        }

        var body = context.SomeoneWaits ? ResponseBody.Rent(answers) : null;
        body?.ReadAt(transaction.BeginRevision);
        _txn.Execute(context.Body, transaction, transaction, body);
        var revision = transaction.Revision;
        transaction.End();
        return body is null ? ApplyResult.Done(revision) : Answered(revision, body);
    }

    /// <summary>Members differ in who waits where, so what was written stays, whatever becomes of the answer.</summary>
    private ApplyResult Answered(long revision, ResponseBody body)
    {
        if (!body.IsTooLarge)
        {
            return ApplyResult.Done(revision, body.HasReferences ? new StoredAnswer(store, body) : body);
        }

        var error = body.TooLargeError;
        body.Dispose();
        return ApplyResult.Unanswered(revision, error);
    }

    private ApplyResult Compact(CompactionRequest request)
    {
        var status = store.Compact(request.Revision, out var physical);
        return status == MvccStatus.Ok
            ? ApplyResult.Done(store.CurrentRevision, physical)
            : ApplyResult.Failed(MvccErrors.Of(status), physical);
    }

    private ApplyResult Grant(LeaseGrantRequest request)
    {
        var grant = lessor.Grant(request.ID, request.TTL, clock.MonotonicNanoseconds);
        return grant.Status switch
        {
            LeaseStatus.Done => ApplyResult.Done(
                store.CurrentRevision,
                new LeaseGrantResponse { ID = grant.Id, TTL = grant.TtlSeconds }
            ),
            LeaseStatus.AlreadyExists => ApplyResult.Failed(EtcdError.LeaseExist),
            LeaseStatus.TtlTooLarge => ApplyResult.Failed(EtcdError.LeaseTTLTooLarge),
            _ => ApplyResult.Failed(EtcdError.LeaseNotFound),
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
            transaction.DeleteRange(key, default);
        }

        // The lease goes before its keys' revision becomes readable: whoever sees the keys gone finds no lease.
        lessor.Revoke(id);
        transaction.End();
        return ApplyResult.Done(store.CurrentRevision, new LeaseRevokeResponse());
    }

    private ApplyResult Checkpoint(LeaseCheckpointRequest request)
    {
        var now = clock.MonotonicNanoseconds;
        foreach (var checkpoint in request.Checkpoints)
        {
            lessor.ApplyCheckpoint(new Lease.LeaseCheckpoint(checkpoint.ID, checkpoint.RemainingTTL), now);
        }

        return ApplyResult.Done(store.CurrentRevision, new LeaseCheckpointResponse());
    }

    private ApplyResult Alarm(AlarmRequest request)
    {
        var response = new AlarmResponse();
        switch (request.Action)
        {
            case AlarmRequest.Types.AlarmAction.Get:
                response.Alarms.AddRange(alarms.List(request.Alarm));
                break;
            case AlarmRequest.Types.AlarmAction.Activate when request.Alarm != AlarmType.None:
                response.Alarms.Add(alarms.Activate(request.MemberID, request.Alarm));
                break;
            case AlarmRequest.Types.AlarmAction.Deactivate:
                if (alarms.Deactivate(request.MemberID, request.Alarm) is { } ended)
                {
                    response.Alarms.Add(ended);
                }

                break;
        }

        return ApplyResult.Done(store.CurrentRevision, response);
    }
}
