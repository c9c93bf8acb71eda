using EtcdSharp.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Grpc.Server;

/// <summary>The part of a call that writes: messages, trailers, the status.</summary>
public sealed partial class GrpcServerCall
{
    /// <summary>Encodes one message into the response, without sending it yet. A refusal means that nothing was written.</summary>
    internal GrpcStatus Write<T>(Marshaller<T> marshaller, T message)
    {
        int size = marshaller.Size(message);
        if (size > dispatcher.Options.MaxSendMessageBytes)
        {
            return new(
                StatusCode.ResourceExhausted,
                $"grpc: trying to send message larger than max ({size} vs. {dispatcher.Options.MaxSendMessageBytes})"
            );
        }

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

        SentBytes += size;
        method.Counters.MessageSent(size);
        foreach (GrpcInterceptor interceptor in dispatcher.Interceptors)
        {
            interceptor.Sent(this, size);
        }

        return GrpcStatus.Ok;
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
