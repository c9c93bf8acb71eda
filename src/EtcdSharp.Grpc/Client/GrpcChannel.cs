using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Client;

/// <summary>
/// Calls one server over HTTP/2: <c>http://host:port</c> (prior knowledge, no upgrade), <c>https://host:port</c> or
/// <c>unix:///path</c>. Safe for use by many threads. Every failure is a <see cref="GrpcStatusException"/>.
/// </summary>
public sealed class GrpcChannel : CallChannel
{
    private readonly HttpMessageInvoker invoker;
    private readonly GrpcChannelOptions options;
    private readonly Uri address;

    public GrpcChannel(string address)
        : this(address, new GrpcChannelOptions()) { }

    public GrpcChannel(string address, GrpcChannelOptions options)
    {
        this.options = options;
        string? socketPath = SocketPath(address);
        this.address = new Uri(socketPath is null ? address : "http://localhost");
        invoker = new(NewHandler(options, socketPath), disposeHandler: true);
    }

    public GrpcChannelOptions Options => options;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        GrpcCallOptions callOptions,
        CancellationToken cancellationToken
    )
    {
        using CallDeadline deadline = new(callOptions.Timeout, cancellationToken);
        try
        {
            using HttpRequestMessage message = NewRequest(method.Path, callOptions);
            using MessageContent content = MessageContent.Encode(method.RequestMarshaller, request, callOptions.Gzip);
            message.Content = content;
            using HttpResponseMessage response = await invoker.SendAsync(message, deadline.Token).ConfigureAwait(false);
            ClientStatus.ThrowIfNoStream(response);
            using ResponseBody body = new(options.MaxReceiveMessageBytes);
            await body.FillAsync(response.Content, deadline.Token).ConfigureAwait(false);
            ClientStatus.ThrowIfNotOk(response);
            return body.Decode(method.ResponseMarshaller, response);
        }
        catch (Exception failure) when (ClientStatus.IsTransport(failure))
        {
            throw ClientStatus.Translate(failure, deadline);
        }
    }

    public override GrpcClientCall<TRequest, TResponse> Open<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        GrpcCallOptions callOptions,
        CancellationToken cancellationToken
    )
    {
        HttpRequestMessage message = NewRequest(method.Path, callOptions);
        GrpcClientCall<TRequest, TResponse> call = new(method, message, callOptions, options, cancellationToken);
        call.Start(invoker);
        return call;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            invoker.Dispose();
        }
    }

    private static string? SocketPath(string address)
    {
        const string scheme = "unix://";
        return address.StartsWith(scheme, StringComparison.Ordinal) ? address[scheme.Length..] : null;
    }

    private static SocketsHttpHandler NewHandler(GrpcChannelOptions options, string? socketPath)
    {
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = options.MultipleConnections,
            InitialHttp2StreamWindowSize = options.InitialStreamWindowBytes,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,

            // etcd closes a connection that is probed while no call runs on it.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        };
        if (options.Tls is not null)
        {
            handler.SslOptions = options.Tls;
        }

        if (socketPath is not null)
        {
            handler.ConnectCallback = (_, token) => ConnectAsync(socketPath, token);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        var endPoint = EndPointOf(socketPath);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // The runtime's words for a missing file are those for an address of the network.
            socket.Dispose();
            throw new SocketException((int)failure.SocketErrorCode, $"there is no socket file {socketPath}");
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static UnixDomainSocketEndPoint EndPointOf(string socketPath)
    {
        try
        {
            return new UnixDomainSocketEndPoint(socketPath);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new SocketException(
                (int)SocketError.InvalidArgument,
                $"the path {socketPath} is longer than the system takes for a socket file"
            );
        }
    }

    private HttpRequestMessage NewRequest(string path, in GrpcCallOptions callOptions)
    {
        HttpRequestMessage message = new(HttpMethod.Post, new Uri(address, path))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (options.Tls?.TargetHost is { Length: > 0 } host && address.Scheme == Uri.UriSchemeHttps)
        {
            // The handler asks for a certificate of the host of the request, whatever its TLS options say.
            message.Headers.Host = host;
        }

        message.Headers.TryAddWithoutValidation("te", "trailers");
        message.Headers.TryAddWithoutValidation("grpc-accept-encoding", GzipFrames.EncodingName);
        if (callOptions.Timeout is { } timeout)
        {
            message.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(timeout));
        }

        if (callOptions.Gzip)
        {
            message.Headers.TryAddWithoutValidation("grpc-encoding", GzipFrames.EncodingName);
        }

        Add(message, options.Headers);
        Add(message, callOptions.Headers);
        return message;
    }

    private static void Add(HttpRequestMessage message, GrpcMetadata? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        foreach ((string name, string value) in metadata)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
