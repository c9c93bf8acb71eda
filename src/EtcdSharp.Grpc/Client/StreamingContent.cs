using System.Net;
using System.Net.Http.Headers;

namespace EtcdSharp.Grpc.Client;

/// <summary>The body of a request that is written while the call runs: lends the connection's stream to the call.</summary>
internal sealed class StreamingContent : HttpContent
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");

    private readonly TaskCompletionSource<Stream> lent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource returned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamingContent() => Headers.ContentType = ContentType;

    /// <summary>The stream, as soon as the request is on its way.</summary>
    public Task<Stream> Stream => lent.Task;

    /// <summary>No more is going to be written.</summary>
    public void Complete() => returned.TrySetResult();

    /// <summary>The request never got, or no longer has, a connection.</summary>
    public void Fail(Exception failure)
    {
        lent.TrySetException(failure);
        returned.TrySetResult();

        // Whether anybody still asks for the stream is not known here.
        _ = lent.Task.Exception;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        // The server has to see the call before its first message comes.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        lent.TrySetResult(stream);
        await returned.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
