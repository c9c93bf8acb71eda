namespace EtcdSharp.Harness;

/// <summary>The way of bytes from one member to another. What is held is not lost: it goes on when the link is open again.</summary>
internal sealed class PeerLink
{
    private volatile TaskCompletionSource? _held;

    /// <summary>Added to every piece of traffic.</summary>
    public TimeSpan Delay { get; set; }

    public void Hold()
    {
        _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Open()
    {
        var held = _held;
        _held = null;
        held?.TrySetResult();
    }

    public async ValueTask PassAsync(CancellationToken cancellation)
    {
        if (Delay != TimeSpan.Zero)
        {
            await Task.Delay(Delay, cancellation);
        }

        while (_held is { } held)
        {
            await held.Task.WaitAsync(cancellation);
        }
    }
}
