using System.IO.Pipelines;

namespace EtcdSharp.Server.Edge.Listening;

/// <summary>Lets the keepalive enforcement put its last word between two frames of Kestrel's.</summary>
internal sealed class GoAwayWriter(PipeWriter inner, KeepAliveEnforcement enforcement) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        bool last = enforcement.WriteGoAway(inner);
        ValueTask<FlushResult> flushed = inner.FlushAsync(cancellationToken);
        if (last)
        {
            // The reader may be waiting for bytes that need not come any more.
            enforcement.StopReading();
        }

        return flushed;
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
}
