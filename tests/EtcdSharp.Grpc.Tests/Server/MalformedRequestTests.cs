using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Tests.Support;
using Google.Protobuf;

namespace EtcdSharp.Grpc.Tests.Server;

/// <summary>Requests that are no proper gRPC calls, sent as plain HTTP/2 requests, and the answers grpc-go would give.</summary>
public sealed class MalformedRequestTests
{
    private const int BytesMax = 1000;

    public static TheoryData<byte[], StatusCode, string> Bodies =>
        new()
        {
            { [], StatusCode.Internal, "cardinality violation: received no request message from non-client-streaming RPC" },
            { [0, 0, 0], StatusCode.Internal, "unexpected EOF" },
            { [0, 0, 0, 0, 9, 1, 2], StatusCode.Internal, "unexpected EOF" },
            { [0, 0, 0, 3, 0xE9, 1], StatusCode.ResourceExhausted, "grpc: received message larger than max (1001 vs. 1000)" },
            {
                [0, 0xFF, 0xFF, 0xFF, 0xFF],
                StatusCode.ResourceExhausted,
                "grpc: received message larger than max (4294967295 vs. 1000)"
            },
            { [7, 0, 0, 0, 0], StatusCode.Internal, "grpc: received unexpected payload format 7" },
            { [1, 0, 0, 0, 1, 0], StatusCode.Internal, "grpc: compressed flag set with identity or empty encoding" },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task BadFrames(byte[] body, StatusCode code, string message)
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(server, "Echo", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new GrpcStatus(code, message), Status(response));
    }

    [Fact]
    public async Task BytesThatAreNoMessage()
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(server, "Echo", [0, 0, 0, 0, 2, 0x0A, 0x7F]);
        GrpcStatus status = Status(response);
        Assert.Equal(StatusCode.Internal, status.Code);
        Assert.StartsWith("grpc: error unmarshalling request: ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SmallBytesThatExpandBeyondTheLimit()
    {
        await using TestServer server = await SmallServerAsync();
        using MemoryStream compressed = new();
        await using (GZipStream gzip = new(compressed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(new byte[100_000]);
        }

        byte[] payload = compressed.ToArray();
        Assert.InRange(payload.Length, 1, BytesMax);
        using HttpResponseMessage response = await PostAsync(
            server,
            "Echo",
            [1, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
            request => request.Headers.Add("grpc-encoding", "gzip")
        );
        Assert.Equal(
            new GrpcStatus(StatusCode.ResourceExhausted, "grpc: received message after decompression larger than max 1000"),
            Status(response)
        );
    }

    [Fact]
    public async Task BytesThatAreNoGzip()
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(
            server,
            "Echo",
            [1, 0, 0, 0, 3, 1, 2, 3],
            request => request.Headers.Add("grpc-encoding", "gzip")
        );
        Assert.Equal(StatusCode.Internal, Status(response).Code);
    }

    [Fact]
    public async Task UnknownEncoding()
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(
            server,
            "Echo",
            [0, 0, 0, 0, 0],
            request => request.Headers.Add("grpc-encoding", "snappy")
        );
        Assert.Equal(
            new GrpcStatus(StatusCode.Unimplemented, "grpc: Decompressor is not installed for grpc-encoding \"snappy\""),
            Status(response)
        );
        Assert.Equal("gzip", response.Headers.GetValues("grpc-accept-encoding").Single());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpcx")]
    [InlineData("text/plain")]
    public async Task OtherContentTypes(string contentType)
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(server, "Echo", [0, 0, 0, 0, 0], contentType: contentType);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(
            new GrpcStatus(StatusCode.InvalidArgument, $"invalid gRPC request content-type \"{contentType}\""),
            Status(response)
        );
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    public async Task ContentTypesOfGrpc(string contentType)
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(server, "Echo", [0, 0, 0, 0, 0], contentType: contentType);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(GrpcStatus.Ok, Status(response));
    }

    [Fact]
    public async Task OtherMethodThanPost()
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(
            server,
            "Echo",
            [0, 0, 0, 0, 0],
            request => request.Method = HttpMethod.Put
        );
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("x5S")]
    [InlineData("123456789S")]
    [InlineData("5s")]
    public async Task MalformedTimeout(string timeout)
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(
            server,
            "Echo",
            [0, 0, 0, 0, 0],
            request => request.Headers.Add("grpc-timeout", timeout)
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(new GrpcStatus(StatusCode.Internal, $"malformed grpc-timeout: \"{timeout}\""), Status(response));
    }

    [Fact]
    public async Task ServersOwnTimerEndsTheCallOfAClientThatDoesNot()
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(
            server,
            "Wait",
            [0, 0, 0, 0, 0],
            request => request.Headers.Add("grpc-timeout", "50m")
        );
        Assert.Equal(new GrpcStatus(StatusCode.DeadlineExceeded, "context deadline exceeded"), Status(response));
    }

    [Fact]
    public async Task HalfAStreamIsNotAWholeOne()
    {
        await using TestServer server = await SmallServerAsync();
        using HttpResponseMessage response = await PostAsync(server, "Count", [0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal(new GrpcStatus(StatusCode.Internal, "unexpected EOF"), Status(response));
    }

    [Fact]
    public async Task AnsweredCompressedWhereAskedCompressed()
    {
        await using TestServer server = await SmallServerAsync();
        byte[] message = TestMethods.Message("k", 900).ToByteArray();
        using HttpResponseMessage response = await PostAsync(
            server,
            "Echo",
            [0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message],
            request => request.Headers.Add("grpc-encoding", "gzip")
        );
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(1, body[0]);
        Assert.InRange(body.Length, 6, 200);
        Assert.Equal("gzip", response.Headers.GetValues("grpc-encoding").Single());
    }

    private static Task<TestServer> SmallServerAsync() =>
        TestServer.StartAsync(new() { MaxReceiveMessageBytes = BytesMax }, new(), TestMethods.AddTo);

    private static async Task<HttpResponseMessage> PostAsync(
        TestServer server,
        string method,
        byte[] body,
        Action<HttpRequestMessage>? change = null,
        string contentType = "application/grpc"
    )
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, $"{server.Address}/{TestMethods.Service}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        change?.Invoke(request);
        return await client.SendAsync(request);
    }

    private static GrpcStatus Status(HttpResponseMessage response)
    {
        HttpHeaders place = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        StatusCode code = (StatusCode)int.Parse(place.GetValues("grpc-status").Single(), CultureInfo.InvariantCulture);
        return code == StatusCode.OK
            ? GrpcStatus.Ok
            : new(code, EtcdSharp.Grpc.Wire.StatusText.Decode(place.GetValues("grpc-message").Single()));
    }
}
