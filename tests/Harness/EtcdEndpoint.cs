using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using EtcdSharp.Api;
using Google.Protobuf;

namespace EtcdSharp.Harness;

/// <summary>
/// A client for one address with etcd's messages as they are: no retries, no defaults, no conversions.
/// It is independent of EtcdSharp.Grpc on purpose, so that a mistake made twice is still seen.
/// </summary>
public sealed class EtcdEndpoint : IDisposable
{
    /// <summary>How long any single answer may take; a server that needs longer is broken for the tests' purpose.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;

    public EtcdEndpoint(Uri address, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Address = address;
        Metadata = metadata;
        _http = new HttpClient(new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseProxy = false })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Uri Address { get; }

    /// <summary>Headers sent with every call, as for instance the token of a user.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; }

    public Task<RangeResponse> Range(RangeRequest request) => Call<RangeResponse>("/etcdserverpb.KV/Range", request);

    public Task<PutResponse> Put(string key, string value) =>
        Put(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) });

    public Task<PutResponse> Put(PutRequest request) => Call<PutResponse>("/etcdserverpb.KV/Put", request);

    public Task<DeleteRangeResponse> DeleteRange(DeleteRangeRequest request) =>
        Call<DeleteRangeResponse>("/etcdserverpb.KV/DeleteRange", request);

    public Task<TxnResponse> Txn(TxnRequest request) => Call<TxnResponse>("/etcdserverpb.KV/Txn", request);

    public Task<CompactionResponse> Compact(CompactionRequest request) =>
        Call<CompactionResponse>("/etcdserverpb.KV/Compact", request);

    public Task<LeaseGrantResponse> LeaseGrant(LeaseGrantRequest request) =>
        Call<LeaseGrantResponse>("/etcdserverpb.Lease/LeaseGrant", request);

    public Task<LeaseRevokeResponse> LeaseRevoke(LeaseRevokeRequest request) =>
        Call<LeaseRevokeResponse>("/etcdserverpb.Lease/LeaseRevoke", request);

    public Task<LeaseTimeToLiveResponse> LeaseTimeToLive(LeaseTimeToLiveRequest request) =>
        Call<LeaseTimeToLiveResponse>("/etcdserverpb.Lease/LeaseTimeToLive", request);

    public Task<LeaseLeasesResponse> LeaseLeases() =>
        Call<LeaseLeasesResponse>("/etcdserverpb.Lease/LeaseLeases", new LeaseLeasesRequest());

    public Task<StatusResponse> Status() => Call<StatusResponse>("/etcdserverpb.Maintenance/Status", new StatusRequest());

    public Task<AlarmResponse> Alarm(AlarmRequest request) => Call<AlarmResponse>("/etcdserverpb.Maintenance/Alarm", request);

    public Task<HashKVResponse> HashKV(long revision = 0) =>
        Call<HashKVResponse>("/etcdserverpb.Maintenance/HashKV", new HashKVRequest { Revision = revision });

    public Task<MemberListResponse> MemberList(bool linearizable = true) =>
        Call<MemberListResponse>("/etcdserverpb.Cluster/MemberList", new MemberListRequest { Linearizable = linearizable });

    public DuplexCall<WatchRequest, WatchResponse> Watch() => Duplex<WatchRequest, WatchResponse>("/etcdserverpb.Watch/Watch");

    public DuplexCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> LeaseKeepAlive() =>
        Duplex<LeaseKeepAliveRequest, LeaseKeepAliveResponse>("/etcdserverpb.Lease/LeaseKeepAlive");

    public DuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(string method)
        where TRequest : IMessage
        where TResponse : IMessage<TResponse>, new() => new(_http, method, Metadata);

    /// <summary>A call with one request and one answer.</summary>
    /// <exception cref="GrpcFailure">The call ended with another status than OK.</exception>
    public async Task<TResponse> Call<TResponse>(string method, IMessage request, CancellationToken cancellation = default)
        where TResponse : IMessage<TResponse>, new()
    {
        var answers = await ServerStream<TResponse>(method, request, cancellation);
        return answers.Count == 1
            ? answers[0]
            : throw new InvalidDataException($"{method} answered with {answers.Count} messages");
    }

    /// <summary>All answers to one request.</summary>
    public async Task<IReadOnlyList<TResponse>> ServerStream<TResponse>(
        string method,
        IMessage request,
        CancellationToken cancellation = default
    )
        where TResponse : IMessage<TResponse>, new()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var message = Post(_http, method, new ByteArrayContent(GrpcFrame.Of(request)), Metadata);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            var parser = new MessageParser<TResponse>(() => new TResponse());
            var answers = new List<TResponse>();
            while (await GrpcFrame.ReadAsync(body, limit.Token) is { } payload)
            {
                answers.Add(parser.ParseFrom(payload));
            }
            ThrowUnlessOk(response);
            return answers;
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{method} {request} was not answered within {Patience}", late);
        }
    }

    /// <summary>Sends bytes as they are, for what a well-behaved client never sends.</summary>
    public async Task<RawAnswer> Raw(
        string path,
        byte[] body,
        string contentType = "application/grpc",
        IReadOnlyDictionary<string, string>? headers = null,
        HttpMethod? verb = null
    )
    {
        using var limit = new CancellationTokenSource(Patience);
        using var message = Post(_http, path, new ByteArrayContent(body), headers);
        message.Method = verb ?? HttpMethod.Post;
        message.Content!.Headers.ContentType = contentType.Length == 0 ? null : MediaTypeHeaderValue.Parse(contentType);
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        var content = await response.Content.ReadAsByteArrayAsync(limit.Token);
        var (code, detail) = StatusOf(response);
        return new RawAnswer((int)response.StatusCode, code, detail, response.Content.Headers.ContentType?.ToString(), content);
    }

    public void Dispose() => _http.Dispose();

    internal static HttpRequestMessage Post(
        HttpClient http,
        string path,
        HttpContent content,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(http.BaseAddress!, path))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in metadata ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    internal static void ThrowUnlessOk(HttpResponseMessage response)
    {
        var (code, detail) = StatusOf(response);
        if (code != GrpcCode.Ok)
        {
            throw code is { } known
                ? new GrpcFailure(known, detail)
                : new InvalidDataException($"the answer has HTTP status {(int)response.StatusCode} and no gRPC status");
        }
    }

    private static (GrpcCode? Code, string Detail) StatusOf(HttpResponseMessage response)
    {
        var status = ValueOf("grpc-status");
        if (status is null)
        {
            return (null, "");
        }
        return ((GrpcCode)int.Parse(status, CultureInfo.InvariantCulture), Uri.UnescapeDataString(ValueOf("grpc-message") ?? ""));

        // A call that fails before its first message carries its status in the headers, any other in the trailers.
        string? ValueOf(string name) =>
            response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)
                ? string.Concat(values)
                : null;
    }
}
