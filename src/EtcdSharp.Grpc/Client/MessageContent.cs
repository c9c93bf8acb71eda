using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Client;

/// <summary>The body of a unary request: one framed message in a rented array.</summary>
internal sealed class MessageContent : HttpContent
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");

    private readonly byte[] frame;
    private readonly int length;

    private MessageContent(byte[] frame, int length)
    {
        this.frame = frame;
        this.length = length;
        Headers.ContentType = ContentType;
    }

    public static MessageContent Encode<T>(Marshaller<T> marshaller, T message, bool gzip)
    {
        FrameBuffer buffer = new();
        buffer.Add(marshaller, message, gzip);
        return new(buffer.Array, buffer.Length);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        ValueTask written = stream.WriteAsync(frame.AsMemory(0, length), cancellationToken);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }

    protected override bool TryComputeLength(out long contentLength)
    {
        contentLength = length;
        return true;
    }
}
