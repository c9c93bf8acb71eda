namespace EtcdSharp.Grpc.Server;

/// <summary>The part of a call that ends it early: the client's deadline, the client's reset, or the server's own decision.</summary>
public abstract partial class CallContext
{
    private static readonly GrpcStatus DeadlineExceeded = new(StatusCode.DeadlineExceeded, "context deadline exceeded");

    private readonly Lock cancellationLock = new();
    private CancellationTokenSource? cancellation;
    private CancellationTokenRegistration clientGone;
    private CancellationTokenRegistration wakeUp;
    private bool cancellationUsed;
    private bool running;
    private GrpcStatus forcedStatus;

    /// <summary>
    /// Cancelled when the client's deadline has passed, the client has reset the call or its connection is gone, or
    /// <see cref="Cancel"/> was called. It is made at the first use: a hot handler that never waits long never pays for it.
    /// </summary>
    public CancellationToken CancellationToken
    {
        get
        {
            lock (cancellationLock)
            {
                return UseCancellation().Token;
            }
        }
    }

    /// <summary>
    /// Ends the call with this status from outside its handler: a waiting read, write or token comes back, and whatever the handler
    /// then answers is replaced. Only while the call runs.
    /// </summary>
    public void Cancel(GrpcStatus status)
    {
        lock (cancellationLock)
        {
            if (!running || !forcedStatus.IsOk)
            {
                return;
            }

            // Cancelled under the lock, so that the call cannot end, and its source serve the next one, in between.
            forcedStatus = status;
            UseCancellation().Cancel();
        }
    }

    /// <summary>Cancelled when the client has given the call up or is gone.</summary>
    private protected abstract CancellationToken ClientGone { get; }

    /// <summary>The status of a call whose wait was cancelled.</summary>
    internal GrpcStatus CancelledStatus()
    {
        if (!forcedStatus.IsOk)
        {
            return forcedStatus;
        }

        return IsTooLate ? DeadlineExceeded : new(StatusCode.Cancelled, "context canceled");
    }

    /// <summary>A streaming call may wait for ever for its client, so the deadline has to be able to reach it there.</summary>
    internal void WatchDeadline()
    {
        if (HasDeadline)
        {
            _ = CancellationToken;
        }
    }

    private CancellationTokenSource UseCancellation()
    {
        if (cancellationUsed)
        {
            return cancellation!;
        }

        cancellationUsed = true;
        cancellation ??= new CancellationTokenSource();
        wakeUp = cancellation.Token.UnsafeRegister(static call => ((CallContext)call!).WakeWaits(), this);
        if (HasDeadline)
        {
            cancellation.CancelAfter(Remaining);
        }

        clientGone = ClientGone.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), cancellation);
        return cancellation;
    }

    private void WakeWaits()
    {
        if (method.Kind != GrpcMethodKind.Unary)
        {
            Requests.CancelPendingRead();
            Answers.CancelPendingFlush();
        }
        else if (writesInPieces)
        {
            Answers.CancelPendingFlush();
        }
    }

    private void BeginCancellation()
    {
        lock (cancellationLock)
        {
            running = true;
        }
    }

    private void EndCancellation()
    {
        lock (cancellationLock)
        {
            running = false;
            if (!cancellationUsed)
            {
                return;
            }

            cancellationUsed = false;
            forcedStatus = default;
        }

        // Outside the lock: disposing waits for callbacks that are running, and one of those may be waiting for the lock.
        clientGone.Dispose();
        wakeUp.Dispose();
        if (!cancellation!.TryReset())
        {
            // Cancelled, or its timer already fired: this one is spent.
            cancellation.Dispose();
            cancellation = null;
        }
    }
}
