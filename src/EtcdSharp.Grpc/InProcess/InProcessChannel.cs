using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;

namespace EtcdSharp.Grpc.InProcess;

/// <summary>
/// Calls a server in the same process: the same methods behind the same stages, without a connection. It belongs to the server, so that
/// any number of clients may use it; disposing it does nothing.
/// </summary>
public sealed class InProcessChannel : CallChannel
{
    /// <summary>How long a stopping server waits for calls after it has cancelled them.</summary>
    private static readonly TimeSpan AbortWaitMax = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly HashSet<DirectCall> running = [];
    private CallTable? table;
    private TaskCompletionSource? idle;

    internal InProcessChannel() { }

    public override async ValueTask<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        GrpcCallOptions callOptions,
        CancellationToken cancellationToken
    )
    {
        using CallDeadline deadline = new(callOptions.Timeout, cancellationToken);
        UnaryExchange? exchange = null;
        try
        {
            deadline.Token.ThrowIfCancellationRequested();
            CallTable calls = Table();
            exchange = new(calls.Options.MaxReceiveMessageBytes);
            exchange.Ask(method.RequestMarshaller, request);
            DirectCall call = Begin(calls, callOptions, exchange, exchange, deadline.Token);
            await Started(method.Path, call).WaitAsync(deadline.Token).ConfigureAwait(false);
            return Answer(method.ResponseMarshaller, call, exchange);
        }
        catch (OperationCanceledException gone)
        {
            // The handler may still be at work on it.
            exchange = null;
            throw ClientStatus.Translate(gone, deadline);
        }
        finally
        {
            exchange?.Dispose();
        }
    }

    public override ClientCall<TRequest, TResponse> Open<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        GrpcCallOptions callOptions,
        CancellationToken cancellationToken
    )
    {
        CallTable calls = Table();
        InProcessClientCall<TRequest, TResponse> call = new(
            method,
            callOptions,
            calls.Options.MaxReceiveMessageBytes,
            cancellationToken
        );
        try
        {
            call.Start(
                (requests, answers, gone) =>
                {
                    DirectCall direct = Begin(calls, callOptions, requests, answers, gone);
                    return (direct, Started(method.Path, direct));
                }
            );
            return call;
        }
        catch (GrpcStatusException)
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>From now on calls go there.</summary>
    internal void Serve(CallTable calls)
    {
        lock (gate)
        {
            table = calls;
            idle = null;
        }
    }

    /// <summary>Takes no calls any more, lets those that run finish for so long, then cancels them with this status and waits a little.</summary>
    internal async Task StopAsync(TimeSpan drain, GrpcStatus status)
    {
        Task ended;
        lock (gate)
        {
            table = null;
            idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (running.Count == 0)
            {
                idle.TrySetResult();
            }

            ended = idle.Task;
        }

        await ended.WaitAsync(drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        DirectCall[] left;
        lock (gate)
        {
            left = [.. running];
        }

        foreach (DirectCall call in left)
        {
            call.Cancel(status);
        }

        // What then still runs waits for something of the server that is about to end too.
        await ended.WaitAsync(AbortWaitMax).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override void Dispose(bool disposing)
    {
        // The server's end is the end of it.
    }

    private static TResponse Answer<TResponse>(Marshaller<TResponse> marshaller, DirectCall call, UnaryExchange exchange)
    {
        if (!call.Status.IsOk)
        {
            throw new GrpcStatusException(call.Status, call.Trailers, null);
        }

        if (!exchange.IsAnswered)
        {
            throw new GrpcStatusException(StatusCode.Internal, "the response ended without a message");
        }

        try
        {
            return marshaller.Decode(exchange.Answer);
        }
        catch (InvalidDataException failure)
        {
            throw new GrpcStatusException(new(StatusCode.Internal, failure.Message), null, failure);
        }
    }

    private static GrpcStatusException NotServing() =>
        new(new GrpcStatus(StatusCode.Unavailable, "the member does not serve")) { NotSent = true };

    private CallTable Table() => Volatile.Read(ref table) ?? throw NotServing();

    private DirectCall Begin(
        CallTable calls,
        in GrpcCallOptions callOptions,
        IRequestReader requests,
        IAnswerWriter answers,
        CancellationToken gone
    )
    {
        CallOrigin origin = new() { Metadata = callOptions.Headers, Timeout = callOptions.Timeout };
        DirectCall call = new(calls, origin, requests, answers, gone);
        lock (gate)
        {
            if (table != calls)
            {
                throw NotServing();
            }

            running.Add(call);
        }

        return call;
    }

    /// <summary>Handlers know no synchronization context: where the caller has one, they begin on the thread pool.</summary>
    private Task Started(string path, DirectCall call) =>
        SynchronizationContext.Current is null ? RunAsync(path, call) : OnThreadPool(path, call);

    private Task OnThreadPool(string path, DirectCall call) => Task.Run(() => RunAsync(path, call));

    private async Task RunAsync(string path, DirectCall call)
    {
        await call.Table.InvokeAsync(path, call).ConfigureAwait(false);
        lock (gate)
        {
            running.Remove(call);
            if (running.Count == 0)
            {
                idle?.TrySetResult();
            }
        }
    }
}
