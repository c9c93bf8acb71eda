using System.Buffers;
using System.Runtime.CompilerServices;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Txn;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// The KV service. Requests stay the bytes they came as: they are checked in place, replicated as they are, and
/// their answers are put together from bytes that are encoded already.
/// </summary>
internal sealed class KvService(
    IReplicatedLog log,
    MvccStore store,
    BackendStore backend,
    QuotaGuard quota,
    KvServiceOptions options,
    Authentication access,
    Lessor lessor,
    LargeReads largeReads,
    Func<bool> isLearner
)
{
    /// <summary>A compaction that overtakes a read of the newest revision is tried again; twice in a row is rare, this often is a fault.</summary>
    private const int OvertakenReadsMax = 16;

    private static readonly RawMarshaller Raw = RawMarshaller.Instance;

    /// <summary>Keys that a range looks at in one go, some 1.5 ms when all of them are read; a longer one is done in slices.</summary>
    private const int KeysAtOnceMax = 4096;

    /// <summary>What a result keeps of its buffer for the next read anyway; answers up to here are not counted among the large ones.</summary>
    private const int BytesAtOnceMax = 256 * 1024;

    /// <summary>
    /// A range up to here is read in one go, its bytes counted among those of the large reads until the client has taken them: 64 such
    /// answers may be on their way at a time. Some 3,500 key-values of 300 bytes are a millisecond of work.
    /// </summary>
    private const int WholeBytesMax = 1024 * 1024;

    private readonly RangeStreamer _streamer = new(log, store, access, largeReads, options.MaxRequestBytes);

    public void Register(GrpcServiceBuilder services) =>
        services
            .Unary(KvMethods.Range.With(Raw, KvResponseMarshaller.Instance), RangeAsync, CallRule.ByRequest)
            .ServerStreaming(KvMethods.RangeStream.With(Raw, KvResponseMarshaller.Instance), RangeStreamAsync, CallRule.ByRequest)
            .Unary(KvMethods.Put.With(Raw, KvResponseMarshaller.Instance), PutAsync, CallRule.ByRequest)
            .Unary(KvMethods.DeleteRange.With(Raw, KvResponseMarshaller.Instance), DeleteRangeAsync, CallRule.ByRequest)
            .Unary(KvMethods.Txn.With(Raw, KvResponseMarshaller.Instance), TxnAsync, CallRule.ByRequest)
            .Unary(KvMethods.Compact, CompactAsync, CallRule.Admins);

    private ValueTask<GrpcResult<KvResponse>> PutAsync(ReadOnlySequence<byte> request, CallContext call)
    {
        var body = RequestBytes.Contiguous(request);
        if (!RequestParsing.TryReadPut(body.Span, out var put))
        {
            return Malformed("PutRequest");
        }

        return KvChecks.CheckPut(put) is { } error ? Refused(error) : WriteAsync(RequestKind.Put, body, Quota.CostOf(put), call);
    }

    private ValueTask<GrpcResult<KvResponse>> DeleteRangeAsync(ReadOnlySequence<byte> request, CallContext call)
    {
        var body = RequestBytes.Contiguous(request);
        if (!RequestParsing.TryReadDelete(body.Span, out var delete))
        {
            return Malformed("DeleteRangeRequest");
        }

        return delete.Key.IsEmpty ? Refused(EtcdError.EmptyKey) : WriteAsync(RequestKind.DeleteRange, body, 0, call);
    }

    private ValueTask<GrpcResult<KvResponse>> TxnAsync(ReadOnlySequence<byte> request, CallContext call)
    {
        var body = RequestBytes.Contiguous(request);
        if (KvChecks.CheckTxn(body.Span, options.MaxTxnOperations, out var traits) is { } error)
        {
            return Refused(error);
        }

        if (traits.MayOverlap && TxnOverlaps.Check(body) is { } clash)
        {
            return Refused(clash);
        }

        return traits.IsReadOnly ? ReadTxnAsync(body, traits, call) : WriteAsync(RequestKind.Txn, body, traits.Cost, call);
    }

    /// <summary>
    /// The way of every write. The call's own cancellation is not followed: who goes away is not waited for, and the
    /// gate gives a request up that takes too long.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GrpcResult<KvResponse>> WriteAsync(
        RequestKind kind,
        ReadOnlyMemory<byte> body,
        long cost,
        CallContext call
    )
    {
        if (!quota.HasRoomFor(cost))
        {
            return (await quota.RefuseAsync(CancellationToken.None).ConfigureAwait(false)).ToStatus();
        }

        Caller? caller = null;
        if (access.View.IsEnabled)
        {
            (caller, var unknown) = await access.IdentifyAsync(call).ConfigureAwait(false);
            if (unknown is not null)
            {
                return unknown.ToStatus();
            }
        }

        var result = await log.ProposeAsync(kind, body.Span, CancellationToken.None, caller).ConfigureAwait(false);
        return result.Error is { } error ? error.ToStatus()
            : result.Response is ISlicedAnswer answer
                ? await AnswerInPiecesAsync(result.Revision, answer, call).ConfigureAwait(false)
            : KvResponse.Rent(log, result.Revision, result.Body);
    }

    private async ValueTask<GrpcResult<KvResponse>> AnswerInPiecesAsync(long revision, ISlicedAnswer answer, CallContext call)
    {
        LargeRead? read = null;
        try
        {
            read = await largeReads.EnterAsync(LargeReads.ReadBytes, call, call.CancellationToken).ConfigureAwait(false);
            return KvResponse.Rent(log, revision, answer, read);
        }
        finally
        {
            if (read is null)
            {
                answer.Dispose();
            }
        }
    }

    private ValueTask<GrpcResult<KvResponse>> RangeAsync(ReadOnlySequence<byte> request, CallContext call)
    {
        var body = RequestBytes.Contiguous(request);
        if (!RequestParsing.TryReadRange(body.Span, out var query, out var serializable))
        {
            return Malformed("RangeRequest");
        }

        if (KvChecks.CheckRange(query) is { } error)
        {
            return Refused(error);
        }

        if (serializable)
        {
            return access.View.IsEnabled ? ReadAsAsync(default, body, call) : ReadAsync(query, body, call);
        }

        if (isLearner())
        {
            return Refused(EtcdError.NotSupportedForLearner);
        }

        var barrier = log.ReadBarrierAsync(CancellationToken.None);
        return barrier.IsCompletedSuccessfully && barrier.Result is null && !access.View.IsEnabled
            ? ReadAsync(query, body, call)
            : ReadAsAsync(barrier, body, call);
    }

    /// <summary>
    /// What the caller may see by the users and roles of the moment at which the read is confirmed; if they change meanwhile, nothing.
    /// The query is a view of the request's bytes and cannot be kept across a wait: it is read once before and once after it.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GrpcResult<KvResponse>> ReadAsAsync(
        ValueTask<EtcdError?> barrier,
        ReadOnlyMemory<byte> body,
        CallContext call
    )
    {
        if (await barrier.ConfigureAwait(false) is { } error)
        {
            return error.ToStatus();
        }

        if (!access.View.IsEnabled)
        {
            return await ReadAgainAsync(body, call).ConfigureAwait(false);
        }

        var (caller, unknown) = await access.IdentifyAsync(call).ConfigureAwait(false);
        var view = access.View;
        var found = await ReadPermittedAsync(view, caller, unknown, body, call).ConfigureAwait(false);
        return !found.Status.IsOk || access.IsStill(view, caller) ? found : Withdrawn(found);
    }

    private ValueTask<GrpcResult<KvResponse>> ReadAgainAsync(ReadOnlyMemory<byte> body, CallContext call)
    {
        RequestParsing.TryReadRange(body.Span, out var query, out _);
        return ReadAsync(query, body, call);
    }

    private ValueTask<GrpcResult<KvResponse>> ReadPermittedAsync(
        AuthView view,
        Caller? caller,
        EtcdError? unknown,
        ReadOnlyMemory<byte> body,
        CallContext call
    )
    {
        RequestParsing.TryReadRange(body.Span, out var query, out _);
        return (unknown ?? view.CheckRead(caller, query.Key, query.RangeEnd)) is { } refusal
            ? Refused(refusal)
            : ReadAsync(query, body, call);
    }

    private static GrpcResult<KvResponse> Withdrawn(in GrpcResult<KvResponse> found)
    {
        found.Value?.Return();
        return EtcdError.AuthOldRevision.ToStatus();
    }

    /// <summary>At once where the range is short.</summary>
    private ValueTask<GrpcResult<KvResponse>> ReadAsync(RangeQuery query, ReadOnlyMemory<byte> body, CallContext call)
    {
        query.KeysMax = KeysAtOnceMax;
        query.BytesMax = WholeBytesMax;
        var found = RangeResult.Rent();
        var status = store.Range(query, found);
        if (status == MvccStatus.Ok)
        {
            if (found.Framed.Length <= BytesAtOnceMax)
            {
                return new ValueTask<GrpcResult<KvResponse>>(KvResponse.Rent(log, found));
            }

            if (largeReads.TryEnter(found.Framed.Length, call) is { } read)
            {
                return new ValueTask<GrpcResult<KvResponse>>(KvResponse.Rent(log, found, read));
            }

            status = MvccStatus.TooLong;
        }

        found.Dispose();
        return status == MvccStatus.TooLong
            ? ReadInSlicesAsync(body, call)
            : new ValueTask<GrpcResult<KvResponse>>(MvccErrors.Of(status).ToStatus());
    }

    /// <summary>Measures the answer here; it is read as it is written.</summary>
    private async ValueTask<GrpcResult<KvResponse>> ReadInSlicesAsync(ReadOnlyMemory<byte> body, CallContext call)
    {
        var cancelled = call.CancellationToken;
        LargeRead? read = null;
        RangeWalk? walk = null;
        try
        {
            read = await largeReads.EnterAsync(BytesHeld(body.Span), call, cancelled).ConfigureAwait(false);
            RequestParsing.TryReadRange(body.Span, out var query, out _);
            walk = store.BeginWalk(query, out var status);
            if (walk is null)
            {
                return MvccErrors.Of(status).ToStatus();
            }

            await read.MeasureAsync(walk, cancelled).ConfigureAwait(false);
            if (walk.IsOvertaken)
            {
                return EtcdError.Compacted.ToStatus();
            }

            var response = KvResponse.Rent(log, walk, read);
            (read, walk) = (null, null);
            return response;
        }
        finally
        {
            walk?.Dispose();
            read?.Dispose();
        }
    }

    private long BytesHeld(ReadOnlySpan<byte> request)
    {
        RequestParsing.TryReadRange(request, out var query, out _);
        return LargeReads.ReadBytes + (query.NeedsSort ? store.KeyCount * RangeHits.BytesPerHit : 0);
    }

    private async ValueTask<GrpcStatus> RangeStreamAsync(
        ReadOnlySequence<byte> request,
        GrpcStreamWriter<KvResponse> responses,
        CallContext call
    )
    {
        // The bytes are valid only until the first answer, and the query is read again for every chunk.
        var body = request.ToArray();
        if (!RequestParsing.TryReadRange(body, out var query, out var serializable))
        {
            return MalformedStatus("RangeRequest");
        }

        if (KvChecks.CheckRangeStream(query) is { } refusal)
        {
            return refusal.ToStatus();
        }

        if (!serializable && await log.ReadBarrierAsync(call.CancellationToken).ConfigureAwait(false) is { } error)
        {
            return error.ToStatus();
        }

        var (caller, unknown) = await access.IdentifyAsync(call).ConfigureAwait(false);
        return unknown?.ToStatus() ?? await _streamer.StreamAsync(body, caller, responses, call).ConfigureAwait(false);
    }

    private async ValueTask<GrpcResult<KvResponse>> ReadTxnAsync(ReadOnlyMemory<byte> body, TxnTraits traits, CallContext call)
    {
        if (!traits.IsSerializable && await log.ReadBarrierAsync(CancellationToken.None).ConfigureAwait(false) is { } error)
        {
            return error.ToStatus();
        }

        var (caller, unknown) = await access.IdentifyAsync(call).ConfigureAwait(false);
        var view = access.View;
        if ((unknown ?? new RequestPermissions(view, caller, lessor).CheckTxn(body.Span)) is { } refusal)
        {
            return refusal.ToStatus();
        }

        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var found = ReadTxn(body.Span) ?? await ReadTxnInSlicesAsync(body, traits, call).ConfigureAwait(false);
                return access.IsStill(view, caller) ? found : Withdrawn(found);
            }
            catch (TxnExecutionException overtaken) when (attempt < OvertakenReadsMax)
            {
                _ = overtaken;
            }
        }
    }

    /// <summary>Null where the answer is too large to be made at once.</summary>
    private GrpcResult<KvResponse>? ReadTxn(ReadOnlySpan<byte> body)
    {
        var execution = new TxnExecution();
        using var reader = store.BeginRead();
        if (execution.Check(body, reader, static _ => true) is { } error)
        {
            return error.ToStatus();
        }

        reader.Bound(KeysAtOnceMax, BytesAtOnceMax);
        var response = ResponseBody.Rent(AnswerMemory.Shared);
        execution.Execute(body, reader, null, response);
        if (response.IsTooLarge)
        {
            response.Dispose();
            return null;
        }

        return KvResponse.Rent(log, reader.Revision, response);
    }

    private async ValueTask<GrpcResult<KvResponse>> ReadTxnInSlicesAsync(
        ReadOnlyMemory<byte> body,
        TxnTraits traits,
        CallContext call
    )
    {
        var cancelled = call.CancellationToken;
        LargeRead? read = null;
        TxnWalk? walk = null;
        try
        {
            var bytes = LargeReads.ReadBytes + (traits.SortedRanges * store.KeyCount * RangeHits.BytesPerHit);
            read = await largeReads.EnterAsync(bytes, call, cancelled).ConfigureAwait(false);
            walk = TxnWalk.Begin(store, body.Span, out var refusal);
            if (walk is null)
            {
                return refusal!.ToStatus();
            }

            foreach (var range in walk.Walks)
            {
                await read.MeasureAsync(range, cancelled).ConfigureAwait(false);
            }

            if (walk.IsOvertaken)
            {
                return EtcdError.Compacted.ToStatus();
            }

            var response = KvResponse.Rent(log, walk.Revision, walk, read);
            (read, walk) = (null, null);
            return response;
        }
        finally
        {
            walk?.Dispose();
            read?.Dispose();
        }
    }

    private async ValueTask<GrpcResult<CompactionResponse>> CompactAsync(CompactionRequest request, CallContext call)
    {
        var result = await log.ProposeAsync(RequestKind.Compaction, request, CancellationToken.None).ConfigureAwait(false);
        if (request.Physical && result.Response is Task physical)
        {
            // Also where it is refused because somebody else has compacted so far: the caller wants it off the disk.
            await physical.ConfigureAwait(false);

            // Without this commit a crash would resume the compaction, and the file would be as before it for a while.
            await Task.Run(backend.ForceCommit).ConfigureAwait(false);
        }

        if (result.Error is { } error)
        {
            return error.ToStatus();
        }

        return new CompactionResponse { Header = log.Header(store.CurrentRevision) };
    }

    private static ValueTask<GrpcResult<KvResponse>> Refused(EtcdError error) => new(error.ToStatus());

    private static ValueTask<GrpcResult<KvResponse>> Malformed(string message) => new(MalformedStatus(message));

    private static GrpcStatus MalformedStatus(string message) =>
        new(StatusCode.Internal, $"grpc: error unmarshalling request: the bytes are no {message}");
}
