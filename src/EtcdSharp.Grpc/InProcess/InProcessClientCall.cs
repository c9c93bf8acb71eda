using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;

namespace EtcdSharp.Grpc.InProcess;

/// <summary>A streaming call within the process: a bounded queue each way.</summary>
internal sealed class InProcessClientCall<TRequest, TResponse> : ClientCall<TRequest, TResponse>
{
    private readonly GrpcMethod<TRequest, TResponse> method;
    private readonly CancellationTokenSource disposal;
    private readonly CallDeadline deadline;
    private readonly CancellationToken token;
    private readonly CancellationTokenRegistration givenUp;
    private readonly MessageQueue requests;
    private readonly MessageQueue answers;
    private readonly TaskCompletionSource headersKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DirectCall call = null!;
    private TResponse current = default!;
    private bool isEnded;
    private bool disposed;

    /// <param name="method">What is called.</param>
    /// <param name="callOptions">How.</param>
    /// <param name="requestBytesMax">The largest request that the server takes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public InProcessClientCall(
        GrpcMethod<TRequest, TResponse> method,
        in GrpcCallOptions callOptions,
        int requestBytesMax,
        CancellationToken cancellationToken
    )
    {
        this.method = method;
        requests = new(requestBytesMax, null);
        answers = new(int.MaxValue, () => headersKnown.TrySetResult());
        disposal = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline = new(callOptions.Timeout, disposal.Token);
        token = deadline.Token;
        givenUp = token.UnsafeRegister(static call => ((InProcessClientCall<TRequest, TResponse>)call!).GiveUp(), this);
    }

    public override TResponse Current => current;

    /// <summary>Ends with the server's side of the call. It never fails: what goes wrong there is the status.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <param name="begin">Begins the call with its two sides and the caller's cancellation.</param>
    public void Start(Func<IRequestReader, IAnswerWriter, CancellationToken, (DirectCall Call, Task Running)> begin)
    {
        (call, Task serving) = begin(requests, answers, token);
        Running = EndAsync(serving);
    }

    public override async ValueTask WriteAsync(TRequest request)
    {
        ThrowIfGivenUp();
        method.RequestMarshaller.Encode(
            request,
            requests.Begin(checked((int)method.RequestMarshaller.Size(request)), inPieces: false)
        );
        requests.End();
        if (await requests.FlushAsync().ConfigureAwait(false))
        {
            return;
        }

        ThrowIfGivenUp();
        throw call.Status.IsOk
            ? new GrpcStatusException(StatusCode.Cancelled, "the server has ended the call")
            : new GrpcStatusException(call.Status, call.Trailers, null);
    }

    public override ValueTask CompleteWritesAsync()
    {
        requests.Complete();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> MoveNextAsync()
    {
        MessageRead next = await answers.ReadAsync().ConfigureAwait(false);
        if (next == MessageRead.Message)
        {
            try
            {
                current = method.ResponseMarshaller.Decode(answers.Message);
                return true;
            }
            catch (InvalidDataException failure)
            {
                throw new GrpcStatusException(new(StatusCode.Internal, failure.Message), null, failure);
            }
        }

        isEnded = true;
        if (next == MessageRead.Failed)
        {
            throw GivenUp();
        }

        // The status is there before the server closes its side.
        return call.Status.IsOk ? false : throw new GrpcStatusException(call.Status, call.Trailers, null);
    }

    public override async ValueTask<GrpcMetadata> HeadersAsync()
    {
        try
        {
            await headersKnown.Task.WaitAsync(token).ConfigureAwait(false);
            return call.Headers;
        }
        catch (OperationCanceledException gone)
        {
            throw ClientStatus.Translate(gone, deadline);
        }
    }

    public override GrpcMetadata Trailers() => isEnded ? call.Trailers : GrpcMetadata.Empty;

    private protected override void Cancel() => disposal.Cancel();

    protected override void Dispose(bool disposing)
    {
        if (!disposing || disposed)
        {
            return;
        }

        disposed = true;
        disposal.Cancel();
        requests.Forsake();
        answers.Close();
        givenUp.Dispose();
        deadline.Dispose();
        disposal.Dispose();
    }

    /// <summary>What of the caller waits comes back; the server hears of it by its own token.</summary>
    private void GiveUp()
    {
        answers.CancelPendingRead();
        requests.CancelPendingFlush();
    }

    private void ThrowIfGivenUp()
    {
        if (token.IsCancellationRequested)
        {
            throw GivenUp();
        }
    }

    private GrpcStatusException GivenUp() => ClientStatus.Translate(new OperationCanceledException(), deadline);

    /// <summary>The server's sides of both queues, once the handler is done.</summary>
    private async Task EndAsync(Task serving)
    {
        await serving.ConfigureAwait(false);
        requests.Close();
        headersKnown.TrySetResult();
        answers.Complete();
    }
}
