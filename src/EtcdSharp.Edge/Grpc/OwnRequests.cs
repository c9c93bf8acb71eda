using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Node;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// What a service asks of its own member, for the services that are made of other calls. The same checks and the same
/// way as for a client's requests. A refusal ends the call with etcd's message and the code UNKNOWN, which is what the
/// client that etcd's services have inside makes of every code.
/// </summary>
internal sealed class OwnRequests(
    IReplicatedLog log,
    MvccStore store,
    WatchHub hub,
    QuotaGuard quota,
    Authentication access,
    CallContext? call = null
)
{
    /// <summary>None of these transactions has more than two operations; the limit is the checks' to ask for.</summary>
    private const int TxnOperationsMax = 2;

    /// <summary>The seconds of a lease that the caller left to the service.</summary>
    private const long GrantedTtlSeconds = 60;

    /// <summary>What the caller of a call asks through it; each request is permitted or refused as one of theirs.</summary>
    public OwnRequests Of(CallContext theirs) => new(log, store, hub, quota, access, theirs);

    /// <exception cref="GrpcStatusException">It was refused.</exception>
    public async ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellation)
    {
        var body = request.ToByteArray();
        ThrowIf(KvChecks.CheckTxn(body, TxnOperationsMax, out _));
        var result = await WriteAsync(RequestKind.Txn, body, cancellation).ConfigureAwait(false);
        using var rest = result.Body;
        using var stored = result.Response as StoredAnswer;
        var response = stored is null
            ? TxnResponse.Parser.ParseFrom(rest!.Written)
            : TxnResponse.Parser.ParseFrom(stored.ToArray());
        response.Header = log.Header(result.Revision);
        return response;
    }

    /// <exception cref="GrpcStatusException">It was refused.</exception>
    public async ValueTask<ResponseHeader> DeleteAsync(ByteString key, CancellationToken cancellation)
    {
        ThrowIf(key.IsEmpty ? EtcdError.EmptyKey : null);
        var body = new DeleteRangeRequest { Key = key }.ToByteArray();
        var result = await WriteAsync(RequestKind.DeleteRange, body, cancellation).ConfigureAwait(false);
        result.Drop();
        return log.Header(result.Revision);
    }

    /// <summary>A linearizable read.</summary>
    /// <exception cref="GrpcStatusException">It was refused.</exception>
    public async ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellation)
    {
        ThrowIf(await log.ReadBarrierAsync(cancellation).ConfigureAwait(false));
        var caller = await IdentifyAsync().ConfigureAwait(false);
        ThrowIf(access.View.CheckRead(caller, request.Key.Span, request.RangeEnd.Span));
        return Read(request);
    }

    /// <summary>The lease that the caller named, or a new one.</summary>
    /// <exception cref="GrpcStatusException">The grant was refused.</exception>
    public async ValueTask<long> LeaseAsync(long asked, CancellationToken cancellation)
    {
        if (asked != 0)
        {
            return asked;
        }

        if (access.View.IsEnabled && await IdentifyAsync().ConfigureAwait(false) is null)
        {
            ThrowIf(EtcdError.UserEmpty);
        }

        var request = new LeaseGrantRequest { ID = LeaseIds.Next(log), TTL = GrantedTtlSeconds };
        var granted = await WriteAsync(RequestKind.LeaseGrant, request.ToByteArray(), cancellation).ConfigureAwait(false);
        return ((LeaseGrantResponse)granted.Response!).ID;
    }

    /// <param name="key">The key, or the first of the range.</param>
    /// <param name="rangeEnd">The end of the range; null for the one key.</param>
    /// <param name="startRevision">The first revision whose events are wanted.</param>
    /// <param name="cancellation">Ends a waiting read of the watch.</param>
    public OwnWatch Watch(ByteString key, byte[]? rangeEnd, long startRevision, CancellationToken cancellation) =>
        new(hub, log, key, rangeEnd, startRevision, cancellation);

    private RangeResponse Read(RangeRequest request)
    {
        RequestParsing.TryReadRange(request.ToByteArray(), out var query, out _);
        using var found = RangeResult.Rent();
        var status = store.Range(query, found);
        ThrowIf(status == MvccStatus.Ok ? null : MvccErrors.Of(status));
        var response = RangeResponse.Parser.ParseFrom(found.Framed);
        response.Header = log.Header(found.Revision);
        response.Count = found.Count;
        response.More = found.More;
        return response;
    }

    private async ValueTask<ApplyResult> WriteAsync(RequestKind kind, byte[] body, CancellationToken cancellation)
    {
        var caller = await IdentifyAsync().ConfigureAwait(false);
        if (!quota.HasRoomFor(kind, body))
        {
            ThrowIf(await quota.RefuseAsync(cancellation).ConfigureAwait(false));
        }

        var result = await log.ProposeAsync(kind, body, cancellation, caller).ConfigureAwait(false);
        ThrowIf(result.Error);
        return result;
    }

    private async ValueTask<Caller?> IdentifyAsync()
    {
        if (call is null)
        {
            return null;
        }

        var (caller, unknown) = await access.IdentifyAsync(call).ConfigureAwait(false);
        ThrowIf(unknown);
        return caller;
    }

    private static void ThrowIf(EtcdError? error)
    {
        if (error is not null)
        {
            throw new GrpcStatusException(StatusCode.Unknown, error.Message);
        }
    }
}
