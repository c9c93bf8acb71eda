using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// Shows every byte once to the keepalive enforcement, on its way to Kestrel. There is one read at a time, so the object itself is
/// what a waiting read waits on, and waiting allocates nothing.
/// </summary>
internal sealed class ScannedReader : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly PipeReader inner;
    private readonly KeepAliveEnforcement enforcement;
    private readonly Action arrived;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter pending;
    private ManualResetValueTaskSourceCore<ReadResult> waiting;
    private ReadOnlySequence<byte> buffer;

    /// <summary>How many bytes at the start of the unconsumed input have been shown already.</summary>
    private long seen;

    public ScannedReader(PipeReader inner, KeepAliveEnforcement enforcement)
    {
        this.inner = inner;
        this.enforcement = enforcement;
        arrived = Arrived;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read = inner.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully)
        {
            return new(Show(read.Result));
        }

        waiting.Reset();
        ValueTask<ReadResult> answer = new(this, waiting.Version);
        pending = read.ConfigureAwait(false).GetAwaiter();
        pending.UnsafeOnCompleted(arrived);
        return answer;
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

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => waiting.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => waiting.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => waiting.OnCompleted(continuation, state, token, flags);

    private void Arrived()
    {
        ReadResult read;
        try
        {
            read = Show(pending.GetResult());
        }
#pragma warning disable CA1031 // Whatever the read ends with belongs to whoever waits for it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            waiting.SetException(failure);
            return;
        }

        waiting.SetResult(read);
    }

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
