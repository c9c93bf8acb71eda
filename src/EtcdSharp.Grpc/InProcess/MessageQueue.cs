using System.Buffers;

namespace EtcdSharp.Grpc.InProcess;

/// <summary>
/// One direction of a stream within the process: messages on their way from one writer to one reader, who is waited for when there are too
/// many bytes. Each side may be closed by anybody at any time; what then waits comes back.
/// </summary>
/// <param name="messageBytesMax">A larger message fails the reading.</param>
/// <param name="begun">Told before the first message.</param>
internal sealed class MessageQueue(int messageBytesMax, Action? begun) : IRequestReader, IAnswerWriter
{
    /// <summary>
    /// On its way before the writer waits for the reader: what a stream's window is on the wire. A message counts until it is read, so one
    /// that is larger alone waits for nobody but its reader.
    /// </summary>
    private const int BytesMax = 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<RentedBuffer> queued = new();
    private long bytes;
    private RentedBuffer? written;
    private RentedBuffer? read;
    private TaskCompletionSource? reader;
    private TaskCompletionSource? writer;
    private bool isBegun;
    private bool isComplete;
    private bool isAbandoned;
    private bool isUnread;
    private bool isReadCancelled;
    private bool isFlushCancelled;

    public ReadOnlySequence<byte> Message => read?.Written ?? default;

    public GrpcStatus Failure { get; private set; }

    public ValueTask<MessageRead> ReadAsync()
    {
        read?.Dispose();
        read = null;
        Task wait;
        lock (gate)
        {
            if (TryTake() is { } taken)
            {
                return new(taken);
            }

            reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wait = reader.Task;
        }

        return ReadLaterAsync(wait);
    }

    public void CancelPendingRead()
    {
        lock (gate)
        {
            isReadCancelled = true;
            Wake(ref reader);
        }
    }

    public IBufferWriter<byte> Begin(int bytes, bool inPieces)
    {
        if (!isBegun)
        {
            isBegun = true;
            begun?.Invoke();
        }

        written = new RentedBuffer();
        written.Reserve(bytes);
        return written;
    }

    public void End()
    {
        lock (gate)
        {
            if (isUnread)
            {
                written!.Dispose();
            }
            else
            {
                queued.Enqueue(written!);
                bytes += written!.Length;
                Wake(ref reader);
            }
        }

        written = null;
    }

    public ValueTask<bool> FlushAsync()
    {
        lock (gate)
        {
            if (isUnread || isFlushCancelled || bytes <= BytesMax)
            {
                return new(IsListening);
            }

            writer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return FlushLaterAsync(writer.Task);
        }
    }

    public void CancelPendingFlush()
    {
        lock (gate)
        {
            isFlushCancelled = true;
            Wake(ref writer);
        }
    }

    /// <summary>What was begun is not sent; the status that follows is no OK.</summary>
    public void Abandon(StatusCode reason)
    {
        written?.Dispose();
        written = null;
    }

    /// <summary>No message follows: the reader finds the end behind what is on its way.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isComplete = true;
            Wake(ref reader);
        }
    }

    /// <summary>The writer has gone before it was done: the reader must not take what it has for the whole.</summary>
    public void Forsake()
    {
        lock (gate)
        {
            isAbandoned |= !isComplete;
            Wake(ref reader);
        }
    }

    /// <summary>Nobody reads any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            isUnread = true;
            while (queued.TryDequeue(out RentedBuffer? message))
            {
                message.Dispose();
            }

            bytes = 0;
            Wake(ref writer);
        }
    }

    private bool IsListening => !isUnread && !isFlushCancelled;

    private static void Wake(ref TaskCompletionSource? waiting)
    {
        waiting?.SetResult();
        waiting = null;
    }

    private async ValueTask<MessageRead> ReadLaterAsync(Task wait)
    {
        while (true)
        {
            await wait.ConfigureAwait(false);
            lock (gate)
            {
                if (TryTake() is { } taken)
                {
                    return taken;
                }

                reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = reader.Task;
            }
        }
    }

    private async ValueTask<bool> FlushLaterAsync(Task wait)
    {
        await wait.ConfigureAwait(false);
        lock (gate)
        {
            return IsListening;
        }
    }

    /// <summary>Null where there is nothing yet.</summary>
    private MessageRead? TryTake()
    {
        if (isReadCancelled || isAbandoned)
        {
            return Fail(new(StatusCode.Cancelled, "context canceled"));
        }

        if (!queued.TryDequeue(out RentedBuffer? message))
        {
            return isComplete ? MessageRead.End : null;
        }

        read = message;
        if (message.Length > messageBytesMax)
        {
            // Its writer goes on waiting until the reader closes: it is to hear why, not that the message has been taken.
            return Fail(
                new(
                    StatusCode.ResourceExhausted,
                    $"grpc: received message larger than max ({message.Length} vs. {messageBytesMax})"
                )
            );
        }

        bytes -= message.Length;
        if (bytes <= BytesMax)
        {
            Wake(ref writer);
        }

        return MessageRead.Message;
    }

    private MessageRead Fail(GrpcStatus failure)
    {
        Failure = failure;
        return MessageRead.Failed;
    }
}
