using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Listening;

public sealed class SharedPortTests
{
    [Fact]
    public async Task BothProtocolsOnOnePort()
    {
        await using TestServer server = await TestServer.StartAsync();
        using GrpcChannel channel = server.Channel();
        using HttpClient http = new();
        for (int i = 0; i < 3; i++)
        {
            await channel.UnaryAsync(TestMethods.Echo, new());
            Assert.Equal("plain /health", await http.GetStringAsync(new Uri(server.Address + "/health")));
        }
    }

    [Theory]
    [InlineData("\u0016\u0003\u0001 this is no HTTP at all\r\n\r\n")]
    [InlineData("PRI something else entirely, of some length\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand then garbage that is no frame at all, for long enough")]
    public async Task GarbageIsHungUpOn(string garbage)
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawHttp2 client = await RawHttp2.ConnectAsync(server.Port, preface: false);
        await client.WriteAsync(Encoding.Latin1.GetBytes(garbage));
        await client.ReadToEndAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("PR")]
    public async Task ConnectionThatEndsBeforeItBegan(string begin)
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawHttp2 client = await RawHttp2.ConnectAsync(server.Port, preface: false);
        await client.WriteAsync(Encoding.ASCII.GetBytes(begin));
        client.Shutdown();
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public void RecognizedByTheFirstBytes()
    {
        static string Of(string bytes) =>
            SharedPort.Recognize(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(bytes)))?.ToString() ?? "more";
        Assert.Equal("Http2", Of("PRI * HTTP/2.0\r\n"));
        Assert.Equal("more", Of("P"));
        Assert.Equal("more", Of("PRI"));
        Assert.Equal("Http1", Of("PUT"));
        Assert.Equal("Http1", Of("G"));
        Assert.Equal("Http1", Of("PRIx"));
    }

    [Fact]
    public async Task PrefaceInSmallPieces()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawHttp2 client = await RawHttp2.ConnectAsync(server.Port, preface: false);
        foreach (byte b in "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray())
        {
            await client.WriteAsync([b]);
        }

        await client.FrameAsync(RawHttp2.Settings, 0, 0, []);
        Assert.Equal(RawHttp2.Settings, Assert.NotNull(await client.ReadAsync()).Type);
    }

    [Fact]
    public async Task UnixSocketEvenWhereAnOldOneIsLeft()
    {
        string directory = Directory.CreateTempSubdirectory("edge").FullName;
        try
        {
            string url = $"unix://{directory}/etcd.sock";
            using (Socket left = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                left.Bind(new UnixDomainSocketEndPoint($"{directory}/other.sock"));
                left.Listen();

                // The file would go with its socket; under another name it stays, as after a kill.
                File.Move($"{directory}/other.sock", $"{directory}/etcd.sock");
            }

            await using TestServer server = await TestServer.StartAsync(new(), new(), TestMethods.AddTo, url);
            using GrpcChannel channel = new(url);
            PutRequest sent = TestMethods.Message("over a socket file");
            Assert.Equal(sent, await channel.UnaryAsync(TestMethods.Echo, sent));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task AFileThatIsNoSocketIsLeftAlone()
    {
        string directory = Directory.CreateTempSubdirectory("edge").FullName;
        try
        {
            await File.WriteAllTextAsync($"{directory}/etcd.sock", "mine");
            IOException refused = await Assert.ThrowsAsync<IOException>(() =>
                TestServer.StartAsync(new(), new(), TestMethods.AddTo, $"unix://{directory}/etcd.sock")
            );
            Assert.Contains("is no socket", refused.Message, StringComparison.Ordinal);
            Assert.Equal("mine", await File.ReadAllTextAsync($"{directory}/etcd.sock"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task SeveralAddresses()
    {
        GrpcServiceBuilder services = new();
        TestMethods.AddTo(services);
        await using EdgeHost host = await EdgeHost.StartAsync(
            new() { Urls = [Url("http://127.0.0.1:0"), Url("http://localhost:0")], Grpc = services.Build(new()) },
            default
        );
        Assert.Equal(2, host.Urls.Select(static url => ((IPEndPoint)url.EndPoint).Port).Distinct().Count());
        foreach (EdgeUrl url in host.Urls)
        {
            using GrpcChannel channel = new(url.Text);
            await channel.UnaryAsync(TestMethods.Echo, new());
        }
    }

    [Fact]
    public async Task TakenAddressIsRefusedAtStart()
    {
        await using TestServer server = await TestServer.StartAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => EdgeHost.StartAsync(new() { Urls = [Url(server.Address)] }, default));
    }

    [Fact]
    public async Task SharedAddressWherePortsAreReused()
    {
        await using EdgeHost first = await EdgeHost.StartAsync(
            new() { Urls = [Url("http://127.0.0.1:0")], ReusePort = true },
            default
        );
        await using EdgeHost second = await EdgeHost.StartAsync(new() { Urls = [first.Urls[0]], ReusePort = true }, default);
        Assert.Equal(first.Urls[0].Text, second.Urls[0].Text);
    }

    [Theory]
    [InlineData("http://127.0.0.1:2379", null)]
    [InlineData("http://127.0.0.1:2379/", null)]
    [InlineData("http://[::1]:2379", null)]
    [InlineData("https://localhost:0", null)]
    [InlineData("unix:///run/etcd.sock", null)]
    [InlineData("unixs://etcd.sock", null)]
    [InlineData("ftp://127.0.0.1:1", "URL scheme must be http, https, unix, or unixs: ftp://127.0.0.1:1")]
    [InlineData("127.0.0.1:1", "URL scheme must be http, https, unix, or unixs: 127.0.0.1:1")]
    [InlineData("http://127.0.0.1", "URL address does not have the form \"host:port\": http://127.0.0.1")]
    [InlineData("http://127.0.0.1:1/path", "URL must not contain a path: http://127.0.0.1:1/path")]
    [InlineData("http://example.com:1", "expected IP in URL for binding (http://example.com:1)")]
    public void Urls(string text, string? expectedError)
    {
        bool parsed = EdgeUrl.TryParse(text, out EdgeUrl? url, out string? error);
        Assert.Equal(expectedError, error);
        Assert.Equal(expectedError is null, parsed);
        Assert.Equal(
            text.StartsWith("https", StringComparison.Ordinal) || text.StartsWith("unixs", StringComparison.Ordinal),
            url?.Secure ?? false
        );
    }

    private static EdgeUrl Url(string text)
    {
        Assert.True(EdgeUrl.TryParse(text, out EdgeUrl? url, out string? error), error);
        return url;
    }
}
