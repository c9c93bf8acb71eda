using EtcdSharp.Api;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

internal sealed class KvClient(Caller caller, CallSettings settings) : IKvClient
{
    private readonly KeyPrefix prefix = settings.Prefix;

    public async Task<GetResult> GetAsync(KeyRange range, GetOptions? options, CancellationToken cancellationToken)
    {
        var request = Requests.Range(prefix, range, options);
        if (options is { Streamed: true })
        {
            return await GetInPiecesAsync(request, cancellationToken);
        }

        var response = settings.Guard is null
            ? await caller.CallAsync(KvMethods.Range, request, Repeat.Always, settings, cancellationToken)
            : await InOrderAsync(KvMethods.Range, request, static answer => answer.Header, cancellationToken);
        prefix.Strip(response.Kvs);
        return new GetResult(response);
    }

    public async Task<PutResult> PutAsync(
        EtcdBytes key,
        EtcdBytes value,
        PutOptions? options,
        CancellationToken cancellationToken
    )
    {
        var request = Requests.Put(prefix, key, value, options);
        var response = await caller.CallAsync(KvMethods.Put, request, Repeat.WhenNotDone, settings, cancellationToken);
        settings.Guard?.Saw(response.Header.Revision);
        prefix.Strip(response.PrevKv);
        return new PutResult(response);
    }

    public async Task<DeleteResult> DeleteAsync(KeyRange range, DeleteOptions? options, CancellationToken cancellationToken)
    {
        var request = Requests.Delete(prefix, range, options);
        var response = await caller.CallAsync(KvMethods.DeleteRange, request, Repeat.WhenNotDone, settings, cancellationToken);
        settings.Guard?.Saw(response.Header.Revision);
        prefix.Strip(response.PrevKvs);
        return new DeleteResult(response);
    }

    public Transaction Transaction() => new(this);

    public async Task<TransactionResult> CommitAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var request = transaction.ToMessage(prefix);
        TxnResponse response;
        if (transaction.Writes)
        {
            response = await caller.CallAsync(KvMethods.Txn, request, Repeat.WhenNotDone, settings, cancellationToken);
            settings.Guard?.Saw(response.Header.Revision);
        }
        else if (settings.Guard is null)
        {
            response = await caller.CallAsync(KvMethods.Txn, request, Repeat.Always, settings, cancellationToken);
        }
        else
        {
            response = await InOrderAsync(KvMethods.Txn, request, static answer => answer.Header, cancellationToken);
        }

        prefix.Strip(response);
        return new TransactionResult(response);
    }

    public async Task<ResponseHeader> CompactAsync(long revision, bool physical, CancellationToken cancellationToken)
    {
        var request = new CompactionRequest { Revision = revision, Physical = physical };
        var response = await caller.CallAsync(KvMethods.Compact, request, Repeat.WhenNotDone, settings, cancellationToken);
        return response.Header;
    }

    private async Task<GetResult> GetInPiecesAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        var whole = new RangeResponse();
        var pieces = StreamCall.ManyAsync(caller, null, KvMethods.RangeStream, request, settings, cancellationToken);
        await foreach (var piece in pieces)
        {
            whole.MergeFrom(piece.RangeResponse);
        }

        settings.Guard?.Saw(whole.Header.Revision);
        prefix.Strip(whole.Kvs);
        return new GetResult(whole);
    }

    /// <summary>A read whose answer is not older than what was seen before it: a member that lags behind is passed over.</summary>
    private async Task<TResponse> InOrderAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        Func<TResponse, ResponseHeader> header,
        CancellationToken cancellationToken
    )
    {
        var guard = settings.Guard!;
        var newest = guard.Newest;
        Backoff backoff = default;

        // Twice round all endpoints: the first time finds who is up to date, the second gives those behind a moment.
        var triesMax = caller.Balancer.Count * 2;
        for (var tries = 1; ; tries++)
        {
            var response = await caller.CallAsync(method, request, Repeat.Always, settings, cancellationToken);
            var revision = header(response).Revision;
            if (revision >= newest)
            {
                guard.Saw(revision);
                return response;
            }

            if (tries >= triesMax)
            {
                throw new EtcdException(
                    StatusCode.Unavailable,
                    $"no endpoint has revision {newest}, which this client has seen; the last one asked has {revision}"
                );
            }

            await Task.Delay(backoff.Next(), cancellationToken);
        }
    }
}
