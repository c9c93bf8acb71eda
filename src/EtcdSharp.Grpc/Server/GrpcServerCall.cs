using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EtcdSharp.Grpc.Wire;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// One call as the server sees it. It belongs to the call until the handler's task completes and is then used for the next call of the
/// same HTTP/2 stream slot: nobody may keep it longer.
/// </summary>
public sealed partial class GrpcServerCall
{
    private const int DeadlineNone = -1;

    /// <summary>A caller who gives less time than this cannot be answered in it; the call does not run.</summary>
    private static readonly TimeSpan UsefulTimeoutMin = TimeSpan.FromMicroseconds(10);

    private readonly GrpcDispatcher dispatcher;
    private readonly FrameReader frames = new();
    private IFeatureCollection features = null!;
    private IHttpRequestFeature request = null!;
    private IHttpResponseFeature response = null!;
    private IGrpcConnection? connection;
    private bool connectionKnown;
    private PipeWriter output = null!;
    private ServerMethod method = null!;
    private GrpcMetadata? trailers;
    private long deadlineMs;
    private bool respondGzip;
    private bool responseBegun;

    internal GrpcServerCall(GrpcDispatcher dispatcher) => this.dispatcher = dispatcher;

    public string Service => method.Service;

    public string MethodName => method.Name;

    public GrpcMethodKind Kind => method.Kind;

    /// <summary>The path of the request, e.g. <c>/etcdserverpb.KV/Put</c>.</summary>
    public string Path => request.Path;

    /// <summary>When the call began, on the clock of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long StartTimestamp { get; private set; }

    /// <summary>Bytes of the request messages so far, after decompression.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Bytes of the response messages so far, before compression.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Everything else the connection and the request know.</summary>
    public IFeatureCollection Features => features;

    /// <summary>Whatever an interceptor found out for the handler, such as who is calling.</summary>
    public object? State { get; set; }

    public IHeaderDictionary RequestHeaders => request.Headers;

    public bool HasDeadline => deadlineMs != DeadlineNone;

    /// <summary>How long the caller is still willing to wait; never negative, <see cref="TimeSpan.MaxValue"/> without a deadline.</summary>
    public TimeSpan Remaining =>
        HasDeadline ? TimeSpan.FromMilliseconds(Math.Max(0, deadlineMs - Environment.TickCount64)) : TimeSpan.MaxValue;

    /// <summary>The other end of the connection; null on a unix socket.</summary>
    public EndPoint? Peer => features.Get<IConnectionEndPointFeature>()?.RemoteEndPoint ?? PeerOfRequest();

    /// <summary>The client's certificate, where TLS asked for one.</summary>
    public X509Certificate2? ClientCertificate => features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    internal bool EndsWithStreams => method.EndsWithStreams;

    internal bool IsTooLate => HasDeadline && Environment.TickCount64 >= deadlineMs;

    internal FrameReader Frames => frames;

    internal MetadataMeter Metadata { get; } = new();

    internal PipeWriter Output => output;

    internal GrpcDispatcher Dispatcher => dispatcher;

    internal GrpcMethodCounters Counters => method.Counters;

    /// <summary>The value of a request header, or null.</summary>
    public string? Header(string name)
    {
        Microsoft.Extensions.Primitives.StringValues values = request.Headers[name];
        return values.Count == 0 ? null : values[^1];
    }

    /// <summary>The bytes of a request header whose name ends in <c>-bin</c>; null where it is missing or not base64.</summary>
    public byte[]? BinaryHeader(string name) => GrpcMetadata.DecodeBinary(Header(name));

    /// <summary>Only before the first message is written.</summary>
    public void AddHeader(string name, string value)
    {
        if (responseBegun)
        {
            throw new InvalidOperationException("the headers have been sent already");
        }

        response.Headers.Append(name, value);
    }

    public void AddTrailer(string name, string value) => (trailers ??= []).Add(name, value);

    /// <summary>Prepares for the next call. False where there is no gRPC call to make of the request; it is answered already then.</summary>
    internal bool TryStart(IFeatureCollection requestFeatures)
    {
        features = requestFeatures;
        request = requestFeatures.Get<IHttpRequestFeature>()!;
        response = requestFeatures.Get<IHttpResponseFeature>()!;
        output = requestFeatures.Get<IHttpResponseBodyFeature>()!.Writer;
        StartTimestamp = System.Diagnostics.Stopwatch.GetTimestamp();
        ReceivedBytes = 0;
        SentBytes = 0;
        deadlineMs = DeadlineNone;
        respondGzip = false;
        responseBegun = false;
        trailers = null;
        State = null;
        if (!connectionKnown)
        {
            // The object stays with its stream slot, and that with its connection.
            connection = requestFeatures.Get<IGrpcConnection>();
            connectionKnown = true;
        }

        return RequestGate.TryAdmit(this, request, response);
    }

    /// <summary>Binds the call to its method. A refusal means that the method must not run.</summary>
    internal GrpcStatus Bind(ServerMethod found)
    {
        method = found;
        IHeaderDictionary headers = request.Headers;
        string? encoding = null;
        Microsoft.Extensions.Primitives.StringValues encodings = headers["grpc-encoding"];
        if (encodings.Count != 0)
        {
            encoding = encodings[0];
            respondGzip = string.Equals(encoding, GzipFrames.EncodingName, StringComparison.Ordinal);
            if (!respondGzip && encoding is not ("identity" or ""))
            {
                response.Headers["grpc-accept-encoding"] = ResponseHeaders.Gzip;
                return new(StatusCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
            }
        }

        frames.Start(features.Get<IRequestBodyPipeFeature>()!.Reader, encoding, dispatcher.Options.MaxReceiveMessageBytes);
        connection?.CallStarted();
        BeginCancellation();
        return GrpcStatus.Ok;
    }

    internal void SetTimeout(TimeSpan timeout)
    {
        // A deadline of years is none: the arithmetic stays far away from overflow.
        long milliseconds =
            timeout < UsefulTimeoutMin ? 0 : Math.Min((long)Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        deadlineMs = Environment.TickCount64 + milliseconds;
    }

    private IPEndPoint? PeerOfRequest()
    {
        IHttpConnectionFeature? http = features.Get<IHttpConnectionFeature>();
        return http?.RemoteIpAddress is { } address ? new IPEndPoint(address, http.RemotePort) : null;
    }
}
