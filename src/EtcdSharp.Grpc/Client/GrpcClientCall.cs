using System.IO.Pipelines;
using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Client;

/// <summary>A streaming call over HTTP/2.</summary>
public sealed class GrpcClientCall<TRequest, TResponse> : ClientCall<TRequest, TResponse>
{
    private readonly GrpcMethod<TRequest, TResponse> method;
    private readonly HttpRequestMessage message;
    private readonly StreamingContent content = new();
    private readonly CancellationTokenSource disposal;
    private readonly CallDeadline deadline;
    private readonly FrameReader frames = new();
    private readonly FrameBuffer sending = new();
    private readonly int bytesMax;
    private readonly bool gzip;
    private Task<HttpResponseMessage> response = null!;
    private PipeReader? body;
    private TResponse current = default!;
    private bool disposed;

    internal GrpcClientCall(
        GrpcMethod<TRequest, TResponse> method,
        HttpRequestMessage message,
        in GrpcCallOptions callOptions,
        GrpcChannelOptions options,
        CancellationToken cancellationToken
    )
    {
        this.method = method;
        this.message = message;
        message.Content = content;
        gzip = callOptions.Gzip;
        bytesMax = options.MaxReceiveMessageBytes;
        disposal = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline = new(callOptions.Timeout, disposal.Token);
    }

    public override TResponse Current => current;

    public override async ValueTask WriteAsync(TRequest request)
    {
        sending.Clear();
        sending.Add(method.RequestMarshaller, request, gzip);
        try
        {
            Stream stream = await content.Stream.ConfigureAwait(false);
            await stream.WriteAsync(sending.Array.AsMemory(0, sending.Length), deadline.Token).ConfigureAwait(false);
            await stream.FlushAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (ClientStatus.IsTransport(failure))
        {
            await ThrowServersStatusAsync().ConfigureAwait(false);
            throw ClientStatus.Translate(failure, deadline);
        }
    }

    public override ValueTask CompleteWritesAsync()
    {
        content.Complete();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            if (body is null)
            {
                await OpenBodyAsync().ConfigureAwait(false);
            }

            MessageRead read = await frames.ReadAsync().ConfigureAwait(false);
            if (read == MessageRead.Message)
            {
                current = method.ResponseMarshaller.Decode(frames.Message);
                return true;
            }

            HttpResponseMessage answered = await response.ConfigureAwait(false);
            if (read == MessageRead.Failed && frames.Failure.Code != StatusCode.Cancelled)
            {
                throw new GrpcStatusException(frames.Failure);
            }

            if (read == MessageRead.Failed)
            {
                throw ClientStatus.Translate(frames.Cause ?? new OperationCanceledException(), deadline);
            }

            ClientStatus.ThrowIfNotOk(answered);
            return false;
        }
        catch (InvalidDataException failure)
        {
            throw new GrpcStatusException(new(StatusCode.Internal, failure.Message), null, failure);
        }
        catch (Exception failure) when (ClientStatus.IsTransport(failure))
        {
            throw ClientStatus.Translate(failure, deadline);
        }
    }

    public override async ValueTask<GrpcMetadata> HeadersAsync()
    {
        try
        {
            return ClientStatus.Metadata((await response.ConfigureAwait(false)).Headers);
        }
        catch (Exception failure) when (ClientStatus.IsTransport(failure))
        {
            throw ClientStatus.Translate(failure, deadline);
        }
    }

    public override GrpcMetadata Trailers() =>
        response.IsCompletedSuccessfully ? ClientStatus.Metadata(response.Result.TrailingHeaders) : GrpcMetadata.Empty;

    private protected override void Cancel() => disposal.Cancel();

    protected override void Dispose(bool disposing)
    {
        if (!disposing || disposed)
        {
            return;
        }

        disposed = true;
        disposal.Cancel();
        content.Complete();
        _ = DisposeResponseAsync();
        deadline.Dispose();
        disposal.Dispose();
    }

    internal void Start(HttpMessageInvoker invoker) => response = SendAsync(invoker);

    private async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker)
    {
        try
        {
            return await invoker.SendAsync(message, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (ClientStatus.IsTransport(failure))
        {
            content.Fail(failure);
            throw;
        }
    }

    private async ValueTask OpenBodyAsync()
    {
        HttpResponseMessage answered = await response.ConfigureAwait(false);
        ClientStatus.ThrowIfNoStream(answered);
        Stream stream = await answered.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
        body = PipeReader.Create(stream);
        frames.Start(body, ClientStatus.Header(answered.Headers, "grpc-encoding"), bytesMax, deadline.Token);
    }

    /// <summary>A write fails where the server has ended the call already: its status then says more than the broken stream.</summary>
    private async ValueTask ThrowServersStatusAsync()
    {
        if (response.IsCompletedSuccessfully && body is null)
        {
            HttpResponseMessage answered = await response.ConfigureAwait(false);
            if (ClientStatus.Header(answered.Headers, "grpc-status") is not null)
            {
                ClientStatus.ThrowIfNotOk(answered);
            }
        }
    }

    private async Task DisposeResponseAsync()
    {
        try
        {
            (await response.ConfigureAwait(false)).Dispose();
        }
        catch (Exception failure) when (ClientStatus.IsTransport(failure))
        {
            // Nobody waits for this answer any more; its failure was the purpose of disposing.
        }

        message.Dispose();
    }
}
