using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace EtcdSharp.Grpc.Wire;

/// <summary>
/// Cuts a pipe into gRPC messages. One reader at a time; pooled with its call. A message stays valid until the next one is read.
/// The failures and their texts are grpc-go's, which users search for.
/// </summary>
internal sealed class FrameReader : IRequestReader
{
    private PipeReader? pipe;
    private SequencePosition messageEnd;
    private bool holdsMessage;
    private string? encoding;
    private int bytesMax;
    private byte[]? decompressed;
    private CancellationToken cancellationToken;

    public ReadOnlySequence<byte> Message { get; private set; }

    public GrpcStatus Failure { get; private set; }

    /// <summary>What the pipe threw, where that was the failure.</summary>
    public Exception? Cause { get; private set; }

    /// <param name="pipe">Where the bytes come from.</param>
    /// <param name="encoding">The other side's grpc-encoding.</param>
    /// <param name="bytesMax">The largest message accepted.</param>
    /// <param name="cancellationToken">Ends a waiting read.</param>
    public void Start(PipeReader pipe, string? encoding, int bytesMax, CancellationToken cancellationToken = default)
    {
        this.cancellationToken = cancellationToken;
        Cause = null;
        this.pipe = pipe;
        this.encoding = encoding;
        this.bytesMax = bytesMax;
        holdsMessage = false;
        Failure = default;
    }

    /// <summary>Gives up the current message; every later use needs a new <see cref="Start"/>.</summary>
    public void Stop()
    {
        ReleaseMessage();
        pipe = null;
    }

    /// <summary>Makes a waiting <see cref="ReadAsync"/> come back with a failure.</summary>
    public void CancelPendingRead()
    {
        try
        {
            pipe?.CancelPendingRead();
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The connection has failed or the client has given the call up: Kestrel says so from here, and to the waiting read as
            // well, which is the one to hear it.
        }
    }

    public ValueTask<MessageRead> ReadAsync()
    {
        ReleaseMessage();
        ValueTask<ReadResult> pending = pipe!.ReadAsync(cancellationToken);
        if (pending.IsCompletedSuccessfully)
        {
            ReadResult read = pending.Result;
            MessageRead? outcome = Take(read);
            if (outcome is { } known)
            {
                return new(known);
            }

            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            pending = pipe.ReadAsync(cancellationToken);
        }

        return ReadSlowlyAsync(pending);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MessageRead> ReadSlowlyAsync(ValueTask<ReadResult> pending)
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await pending.ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                Cause = gone;
                return Fail(StatusCode.Cancelled, "context canceled");
            }

            MessageRead? outcome = Take(read);
            if (outcome is { } known)
            {
                return known;
            }

            pipe!.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            pending = pipe.ReadAsync(cancellationToken);
        }
    }

    /// <summary>Null where more bytes are needed; the pipe is then still to be advanced.</summary>
    private MessageRead? Take(in ReadResult read)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        long available = buffer.Length;
        if (read.IsCanceled)
        {
            pipe!.AdvanceTo(buffer.Start);
            return Fail(StatusCode.Cancelled, "context canceled");
        }

        if (available < FrameHeader.Length)
        {
            return read.IsCompleted ? AtEnd(buffer) : null;
        }

        FrameHeader.Read(buffer, out byte flag, out uint length);
        if (length > (uint)bytesMax)
        {
            pipe!.AdvanceTo(buffer.End);
            return Fail(StatusCode.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {bytesMax})");
        }

        if (available < FrameHeader.Length + length)
        {
            return read.IsCompleted ? AtEnd(buffer) : null;
        }

        ReadOnlySequence<byte> body = buffer.Slice(FrameHeader.Length, length);
        messageEnd = body.End;
        holdsMessage = true;
        if (flag == FrameHeader.Plain)
        {
            Message = body;
            return MessageRead.Message;
        }

        return Expand(flag, body);
    }

    private MessageRead AtEnd(in ReadOnlySequence<byte> buffer)
    {
        bool between = buffer.IsEmpty;
        pipe!.AdvanceTo(buffer.End);
        return between ? MessageRead.End : Fail(StatusCode.Internal, "unexpected EOF");
    }

    private MessageRead Expand(byte flag, in ReadOnlySequence<byte> body)
    {
        if (flag != FrameHeader.Compressed)
        {
            return Fail(StatusCode.Internal, $"grpc: received unexpected payload format {flag}");
        }

        if (encoding is null or "identity")
        {
            return Fail(StatusCode.Internal, "grpc: compressed flag set with identity or empty encoding");
        }

        try
        {
            if (!GzipFrames.TryDecompress(body, bytesMax, out byte[] rented, out int length))
            {
                return Fail(
                    StatusCode.ResourceExhausted,
                    $"grpc: received message after decompression larger than max {bytesMax}"
                );
            }

            decompressed = rented;
            Message = new(rented, 0, length);
            return MessageRead.Message;
        }
        catch (InvalidDataException failure)
        {
            return Fail(StatusCode.Internal, $"grpc: failed to decompress the received message: {failure.Message}");
        }
    }

    private MessageRead Fail(StatusCode code, string message)
    {
        Failure = new(code, message);
        return MessageRead.Failed;
    }

    private void ReleaseMessage()
    {
        if (decompressed is not null)
        {
            ArrayPool<byte>.Shared.Return(decompressed);
            decompressed = null;
        }

        if (holdsMessage)
        {
            holdsMessage = false;
            Message = default;
            pipe!.AdvanceTo(messageEnd);
        }
    }
}
