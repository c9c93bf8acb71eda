using System.IO.Pipelines;
using EtcdSharp.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Grpc.Server;

/// <summary>The part of a call that writes: messages, trailers, the status.</summary>
public sealed partial class GrpcServerCall
{
    private const int ErrorInternal = 2;
    private const int ErrorCancel = 8;
    private const int ErrorEnhanceYourCalm = 11;

    /// <summary>Encodes one message into the response, without sending it yet. A refusal means that nothing was written.</summary>
    internal GrpcStatus Write<T>(Marshaller<T> marshaller, T message)
    {
        long length = marshaller.Size(message);
        if (length > dispatcher.Options.MaxSendMessageBytes)
        {
            return TooLarge(length);
        }

        int size = (int)length;
        BeginResponse();

        // An empty message does not get smaller by compressing it.
        if (respondGzip && size > 0)
        {
            GzipFrames.CompressFrame(marshaller, message, size, output);
        }
        else
        {
            FrameHeader.Write(output, FrameHeader.Plain, size);
            if (size > 0)
            {
                marshaller.Encode(message, output);
            }
        }

        Sent(size);
        return GrpcStatus.Ok;
    }

    /// <summary>
    /// Writes a message piece by piece and waits for the client after each of them, the last one too: what the message holds may be given
    /// back then. When it ends early, for whatever reason, the
    /// stream is reset: the client has been promised more bytes than there are and must not take trailers for their end.
    /// </summary>
    internal async ValueTask<GrpcStatus> WriteInPiecesAsync(IMessagePieces pieces)
    {
        long size = pieces.Size;
        if (size > dispatcher.Options.MaxSendMessageBytes)
        {
            return TooLarge(size);
        }

        writesInPieces = true;
        CancellationToken cancelled = CancellationToken;
        if (cancelled.IsCancellationRequested)
        {
            return CancelledStatus();
        }

        // A message of a compressed stream may be a plain one. Compressing this one would take its whole memory, or all the work twice:
        // the length goes first.
        BeginResponse();
        FrameHeader.Write(output, FrameHeader.Plain, (int)size);
        bool isWritten = false;
        try
        {
            while (!isWritten)
            {
                bool isLast = await pieces.WriteNextAsync(output, cancelled).ConfigureAwait(false);
                FlushResult flushed = await output.FlushAsync().ConfigureAwait(false);
                if (flushed.IsCompleted || flushed.IsCanceled)
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
                Reset(cancelled.IsCancellationRequested);
            }
        }

        Sent((int)size);
        return GrpcStatus.Ok;
    }

    private GrpcStatus TooLarge(long size) =>
        new(
            StatusCode.ResourceExhausted,
            $"grpc: trying to send message larger than max ({size} vs. {dispatcher.Options.MaxSendMessageBytes})"
        );

    private void Sent(int size)
    {
        SentBytes += size;
        method.Counters.MessageSent(size);
        foreach (GrpcInterceptor interceptor in dispatcher.Interceptors)
        {
            interceptor.Sent(this, size);
        }
    }

    /// <summary>Clients read CANCEL as CANCELLED, INTERNAL_ERROR as INTERNAL and ENHANCE_YOUR_CALM as RESOURCE_EXHAUSTED.</summary>
    private void Reset(bool isCancelled)
    {
        int code =
            forcedStatus.Code == StatusCode.ResourceExhausted ? ErrorEnhanceYourCalm
            : isCancelled ? ErrorCancel
            : ErrorInternal;
        features.Get<IHttpResetFeature>()?.Reset(code);
    }

    internal void Received(int bytes)
    {
        ReceivedBytes += bytes;
        method.Counters.MessageReceived(bytes);
        foreach (GrpcInterceptor interceptor in dispatcher.Interceptors)
        {
            interceptor.Received(this, bytes);
        }
    }

    /// <summary>Tells the connection that pings of the client are answered by traffic of ours.</summary>
    internal void Wrote() => connection?.Wrote();

    /// <summary>A decision from outside outranks what the handler made of it.</summary>
    internal GrpcStatus FinalStatus(GrpcStatus status) => forcedStatus.IsOk ? status : forcedStatus;

    /// <summary>The last act of every bound call.</summary>
    internal void Finish(GrpcStatus status)
    {
        EndCancellation();
        frames.Stop();
        Respond(status);
        connection?.Wrote();
        connection?.CallEnded();
    }

    /// <summary>Puts the status where it belongs: into the headers where nothing was written yet, else into the trailers.</summary>
    internal void Respond(GrpcStatus status)
    {
        if (!responseBegun)
        {
            responseBegun = true;
            IHeaderDictionary headers = response.Headers;
            headers.ContentType = ResponseHeaders.ContentType;
            PutStatus(headers, status);
            return;
        }

        PutStatus(features.Get<IHttpResponseTrailersFeature>()!.Trailers, status);
    }

    private void PutStatus(IHeaderDictionary headers, GrpcStatus status)
    {
        headers.GrpcStatus = ResponseHeaders.Code(status.Code);
        if (status.Message.Length != 0)
        {
            headers.GrpcMessage = StatusText.Encode(status.Message);
        }

        if (trailers is null)
        {
            return;
        }

        foreach ((string name, string value) in trailers)
        {
            headers.Append(name, value);
        }
    }

    private void BeginResponse()
    {
        if (responseBegun)
        {
            return;
        }

        responseBegun = true;
        IHeaderDictionary headers = response.Headers;
        headers.ContentType = ResponseHeaders.ContentType;
        if (respondGzip)
        {
            headers.GrpcEncoding = ResponseHeaders.Gzip;
        }
    }
}
