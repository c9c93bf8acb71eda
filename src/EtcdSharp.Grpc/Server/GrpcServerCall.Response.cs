using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using EtcdSharp.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Grpc.Server;

/// <summary>The part of a call that puts answers into frames, and the status into trailers.</summary>
public sealed partial class GrpcServerCall : IAnswerWriter
{
    private const int ErrorInternal = 2;
    private const int ErrorCancel = 8;
    private const int ErrorEnhanceYourCalm = 11;

    /// <summary>A message that is to be compressed, until it is whole.</summary>
    private ArrayBufferWriter<byte>? plain;

    IBufferWriter<byte> IAnswerWriter.Begin(int bytes, bool inPieces)
    {
        BeginResponse();

        // An empty message does not get smaller by compressing it. A message of a compressed stream may be a plain one, and one in
        // pieces is: compressing it would take its whole memory, or all the work twice, because the length goes first.
        if (respondGzip && bytes > 0 && !inPieces)
        {
            return plain = new ArrayBufferWriter<byte>(bytes);
        }

        FrameHeader.Write(output, FrameHeader.Plain, bytes);
        return output;
    }

    void IAnswerWriter.End()
    {
        if (plain is not null)
        {
            GzipFrames.CompressFrame(plain.WrittenSpan, output);
            plain = null;
        }
    }

    /// <summary>The bound is the stream's window and the response buffer.</summary>
    ValueTask<bool> IAnswerWriter.FlushAsync()
    {
        // Pings of the client are answered by traffic of ours.
        connection?.Wrote();
        ValueTask<FlushResult> pending = output.FlushAsync();
        return pending.IsCompletedSuccessfully ? new(Listening(pending.Result)) : FlushSlowlyAsync(pending);
    }

    /// <summary>
    /// The stream is reset. Clients read CANCEL as CANCELLED, INTERNAL_ERROR as INTERNAL and ENHANCE_YOUR_CALM as RESOURCE_EXHAUSTED.
    /// </summary>
    void IAnswerWriter.Abandon(StatusCode reason)
    {
        int code = reason switch
        {
            StatusCode.ResourceExhausted => ErrorEnhanceYourCalm,
            StatusCode.Cancelled => ErrorCancel,
            _ => ErrorInternal,
        };
        features.Get<IHttpResetFeature>()?.Reset(code);
    }

    void IAnswerWriter.CancelPendingFlush() => output.CancelPendingFlush();

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

    private static bool Listening(FlushResult flushed) => !flushed.IsCompleted && !flushed.IsCanceled;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> FlushSlowlyAsync(ValueTask<FlushResult> pending)
    {
        try
        {
            return Listening(await pending.ConfigureAwait(false));
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            return false;
        }
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
