using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EtcdSharp.Grpc.Wire;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// A call that came as a gRPC request to Kestrel. The object is used for one call after the other of the same HTTP/2 stream slot.
/// </summary>
public sealed partial class GrpcServerCall : CallContext
{
    private readonly FrameReader frames = new();
    private IFeatureCollection features = null!;
    private IHttpRequestFeature request = null!;
    private IHttpResponseFeature response = null!;
    private IGrpcConnection? connection;
    private bool connectionKnown;
    private PipeWriter output = null!;
    private GrpcMetadata? trailers;
    private bool respondGzip;
    private bool responseBegun;

    internal GrpcServerCall(CallTable table)
        : base(table) { }

    public override EndPoint? Peer => features.Get<IConnectionEndPointFeature>()?.RemoteEndPoint ?? PeerOfRequest();

    public override X509Certificate2? ClientCertificate => features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    /// <summary>As the client wrote it, also where it names no method.</summary>
    internal string RequestPath => request.Path;

    internal MetadataMeter Metadata { get; } = new();

    internal override IRequestReader Requests => frames;

    internal override IAnswerWriter Answers => this;

    private protected override CancellationToken ClientGone => features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    public override string? Header(string name)
    {
        StringValues values = request.Headers[name];
        return values.Count == 0 ? null : values[^1];
    }

    public override string? FirstHeader(string name)
    {
        StringValues values = request.Headers[name];
        return values.Count == 0 ? null : values[0];
    }

    public override void AddHeader(string name, string value)
    {
        if (responseBegun)
        {
            throw new InvalidOperationException("the headers have been sent already");
        }

        response.Headers.Append(name, value);
    }

    public override void AddTrailer(string name, string value) => (trailers ??= []).Add(name, value);

    /// <summary>Prepares for the next call. False where there is no gRPC call to make of the request; it is answered already then.</summary>
    internal bool TryStart(IFeatureCollection requestFeatures)
    {
        features = requestFeatures;
        request = requestFeatures.Get<IHttpRequestFeature>()!;
        response = requestFeatures.Get<IHttpResponseFeature>()!;
        output = requestFeatures.Get<IHttpResponseBodyFeature>()!.Writer;
        respondGzip = false;
        responseBegun = false;
        trailers = null;
        plain = null;
        Restart();
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
        IHeaderDictionary headers = request.Headers;
        string? encoding = null;
        StringValues encodings = headers["grpc-encoding"];
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

        frames.Start(features.Get<IRequestBodyPipeFeature>()!.Reader, encoding, Table.Options.MaxReceiveMessageBytes);
        connection?.CallStarted();
        Enter(found);
        return GrpcStatus.Ok;
    }

    private protected override void Complete(GrpcStatus status)
    {
        frames.Stop();
        Respond(status);
        connection?.Wrote();
        connection?.CallEnded();
    }

    private IPEndPoint? PeerOfRequest()
    {
        IHttpConnectionFeature? http = features.Get<IHttpConnectionFeature>();
        return http?.RemoteIpAddress is { } address ? new IPEndPoint(address, http.RemotePort) : null;
    }
}
