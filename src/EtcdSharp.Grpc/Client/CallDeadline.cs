namespace EtcdSharp.Grpc.Client;

/// <summary>The caller's token and the call's timeout as one; made of nothing where there is no timeout.</summary>
internal readonly struct CallDeadline : IDisposable
{
    private readonly CancellationTokenSource? source;
    private readonly CancellationToken callers;

    public CallDeadline(TimeSpan? timeout, CancellationToken callers)
    {
        this.callers = callers;
        if (timeout is { } bounded)
        {
            source = CancellationTokenSource.CreateLinkedTokenSource(callers);
            source.CancelAfter(bounded > TimeSpan.Zero ? bounded : TimeSpan.Zero);
        }
    }

    public CancellationToken Token => source?.Token ?? callers;

    /// <summary>The timeout was the reason, not the caller.</summary>
    public bool Expired => source is { IsCancellationRequested: true } && !callers.IsCancellationRequested;

    public void Dispose() => source?.Dispose();
}
