using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace EtcdSharp.Server.Edge.Listening;

/// <summary>Shows every byte once to the keepalive enforcement, on its way to Kestrel.</summary>
internal sealed class ScannedReader(PipeReader inner, KeepAliveEnforcement enforcement) : PipeReader
{
    private ReadOnlySequence<byte> buffer;

    /// <summary>How many bytes at the start of the unconsumed input have been shown already.</summary>
    private long seen;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> pending = inner.ReadAsync(cancellationToken);
        return pending.IsCompletedSuccessfully ? new(Show(pending.Result)) : ReadSlowlyAsync(pending);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        result = Show(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!buffer.IsEmpty)
        {
            seen -= buffer.Slice(0, consumed).Length;
            buffer = default;
        }

        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadSlowlyAsync(ValueTask<ReadResult> pending) =>
        Show(await pending.ConfigureAwait(false));

    private ReadResult Show(in ReadResult read)
    {
        buffer = read.Buffer;
        long length = buffer.Length;
        if (length > seen)
        {
            enforcement.Scan(seen == 0 ? buffer : buffer.Slice(seen));
            seen = length;
        }

        if (!enforcement.Closed)
        {
            return read;
        }

        // To Kestrel the client has hung up: it ends the calls and closes the connection behind what is still to be sent.
        ReadOnlySequence<byte> nothing = buffer.Slice(buffer.End);
        return new(nothing, isCanceled: false, isCompleted: true);
    }
}
