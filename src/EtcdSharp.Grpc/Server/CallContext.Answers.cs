using System.Buffers;

namespace EtcdSharp.Grpc.Server;

/// <summary>The part of a call that writes messages.</summary>
public abstract partial class CallContext
{
    private volatile bool writesInPieces;

    /// <summary>Encodes one message into the response, without sending it yet. A refusal means that nothing was written.</summary>
    internal GrpcStatus Write<T>(Marshaller<T> marshaller, T message)
    {
        long length = marshaller.Size(message);
        if (length > Table.Options.MaxSendMessageBytes)
        {
            return TooLarge(length);
        }

        int size = (int)length;
        IAnswerWriter answers = Answers;
        IBufferWriter<byte> output = answers.Begin(size, inPieces: false);
        if (size > 0)
        {
            marshaller.Encode(message, output);
        }

        answers.End();
        Sent(size);
        return GrpcStatus.Ok;
    }

    /// <summary>
    /// Writes a message piece by piece and waits for the client after each of them, the last one too: what the message holds may be
    /// given back then. When it ends early, for whatever reason, the message is abandoned: the client has been promised more bytes than there are and must not take the status for their end.
    /// </summary>
    internal async ValueTask<GrpcStatus> WriteInPiecesAsync(IMessagePieces pieces)
    {
        long size = pieces.Size;
        if (size > Table.Options.MaxSendMessageBytes)
        {
            return TooLarge(size);
        }

        writesInPieces = true;
        CancellationToken cancelled = CancellationToken;
        if (cancelled.IsCancellationRequested)
        {
            return CancelledStatus();
        }

        IBufferWriter<byte> output = Answers.Begin((int)size, inPieces: true);
        bool isWritten = false;
        try
        {
            while (!isWritten)
            {
                bool isLast = await pieces.WriteNextAsync(output, cancelled).ConfigureAwait(false);
                if (!await Answers.FlushAsync().ConfigureAwait(false))
                {
                    return CancelledStatus();
                }

                isWritten = isLast;
            }
        }
        finally
        {
            writesInPieces = false;
            if (!isWritten)
            {
                Abandon(cancelled.IsCancellationRequested);
            }
        }

        Answers.End();
        Sent((int)size);
        return GrpcStatus.Ok;
    }

    internal void Received(int bytes)
    {
        ReceivedBytes += bytes;
        foreach (CallStage stage in Table.Stages)
        {
            stage.Received(this, bytes);
        }
    }

    /// <summary>A decision from outside outranks what the handler made of it.</summary>
    internal GrpcStatus FinalStatus(GrpcStatus status) => forcedStatus.IsOk ? status : forcedStatus;

    private GrpcStatus TooLarge(long size) =>
        new(
            StatusCode.ResourceExhausted,
            $"grpc: trying to send message larger than max ({size} vs. {Table.Options.MaxSendMessageBytes})"
        );

    private void Sent(int size)
    {
        SentBytes += size;
        foreach (CallStage stage in Table.Stages)
        {
            stage.Sent(this, size);
        }
    }

    private void Abandon(bool isCancelled) =>
        Answers.Abandon(
            forcedStatus.Code == StatusCode.ResourceExhausted ? StatusCode.ResourceExhausted
            : isCancelled ? StatusCode.Cancelled
            : StatusCode.Internal
        );
}
