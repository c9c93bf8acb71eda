using EtcdSharp.Api;
using EtcdSharp.Api.V3Lockpb;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using Google.Protobuf;

namespace EtcdSharp.Edge.Grpc;

/// <summary>v3lockpb.Lock: a mutex by name, held as long as its key exists, and that as long as the lease lives.</summary>
internal sealed class LockService(OwnRequests requests)
{
    private static readonly GrpcStatus s_sessionExpired = new(StatusCode.Unknown, "mutex: session is expired");

    public void Register(GrpcServiceBuilder builder) =>
        builder
            .Unary(LockMethods.Lock, LockAsync, CallRule.ByRequest, endsWithStreams: true)
            .Unary(LockMethods.Unlock, UnlockAsync, CallRule.ByRequest);

    private async ValueTask<GrpcResult<LockResponse>> LockAsync(LockRequest request, CallContext call)
    {
        var own = requests.Of(call);
        var queue = new KeyQueue(own, request.Name);
        var lease = await own.LeaseAsync(request.Lease, call.CancellationToken).ConfigureAwait(false);
        var key = queue.KeyOf(lease);

        // Not cancelled with the call: then nobody would know whether the key is there.
        var entered = await own.TxnAsync(Enter(queue, key, lease), CancellationToken.None).ConfigureAwait(false);
        var revision = entered.Succeeded ? entered.Header.Revision : entered.Responses[0].ResponseRange.Kvs[0].CreateRevision;
        var oldest = entered.Responses[1].ResponseRange.Kvs;
        if (oldest.Count == 0 || oldest[0].CreateRevision == revision)
        {
            return new LockResponse { Header = entered.Header, Key = key };
        }

        var hasWaited = false;
        try
        {
            await queue.WaitForOlderAsync(revision - 1, call.CancellationToken).ConfigureAwait(false);
            var mine = await own.RangeAsync(new RangeRequest { Key = key }, call.CancellationToken).ConfigureAwait(false);
            hasWaited = true;
            return mine.Kvs.Count == 0 ? s_sessionExpired : new LockResponse { Header = mine.Header, Key = key };
        }
        finally
        {
            if (!hasWaited)
            {
                await own.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<GrpcResult<UnlockResponse>> UnlockAsync(UnlockRequest request, CallContext call) =>
        new UnlockResponse
        {
            Header = await requests.Of(call).DeleteAsync(request.Key, call.CancellationToken).ConfigureAwait(false),
        };

    /// <summary>Creates the key unless it is there, and reads it and the oldest key either way.</summary>
    private static TxnRequest Enter(KeyQueue queue, ByteString key, long lease)
    {
        var oldest = new RequestOp { RequestRange = queue.Oldest };
        var put = new RequestOp
        {
            RequestPut = new PutRequest { Key = key, Lease = lease },
        };
        var get = new RequestOp { RequestRange = new RangeRequest { Key = key } };
        return new TxnRequest
        {
            Compare = { KeyQueue.IsCreatedAt(key, 0) },
            Success = { put, oldest },
            Failure = { get, oldest.Clone() },
        };
    }
}
