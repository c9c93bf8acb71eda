using System.IO.Pipelines;

namespace EtcdSharp.Edge.Listening;

/// <summary>Lets the keepalive enforcement put its last word between two frames of Kestrel's.</summary>
internal sealed class GoAwayWriter(PipeWriter inner, KeepAliveEnforcement enforcement) : PipeWriter
{
    /// <summary>
    /// A large response leaves long after its call has said that it wrote, and a client probes its bandwidth with pings while it reads
    /// it. What Kestrel writes of its own accord (acknowledgements, windows) is smaller than this.
    /// </summary>
    private const int DataBytesMin = 64;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes)
    {
        if (bytes >= DataBytesMin)
        {
            enforcement.Wrote();
        }

        inner.Advance(bytes);
    }

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
