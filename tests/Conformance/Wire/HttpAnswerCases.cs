using System.IO.Compression;
using System.Text;

namespace EtcdSharp.Conformance.Wire;

/// <summary>The whole answers of plain HTTP, byte for byte: status line, headers and body.</summary>
public sealed class HttpAnswerCases(Servers servers)
{
    /// <summary>Requests whose answers are the same on every etcd.</summary>
    public static TheoryData<string> Requests =>
        [
            "GET /health",
            "GET /health?serializable=true",
            "GET /health?exclude=NOSPACE",
            "HEAD /health",
            "POST /health",
            "OPTIONS /health",
            "GET /health/",
            "HEAD /version",
            "PUT /version",
            "GET /livez",
            "HEAD /livez",
            "GET /livez?verbose",
            "GET /livez?exclude=serializable_read",
            "GET /livez/serializable_read",
            "GET /livez/serializable_read/more",
            "POST /livez/serializable_read",
            "GET /readyz",
            "DELETE /readyz",
            "GET /readyz/linearizable_read?verbose",
            "GET /readyz/non_learner",
            "GET /readyz/nothing",
            "GET /",
            "GET /nothing",
            "HEAD /nothing",
            "POST /nothing",
            "OPTIONS /nothing",
            "GET //health",
            "HEAD //health",
            "GET /nothing/../health?serializable=true",
            "GET /./version",
            "GET //nothing/",
            "GET /%68ealth",
        ];

    [Theory, MemberData(nameof(Requests))]
    public async Task AnswersAreThoseOfEtcd(string request)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        Assert.SkipWhen(Environment.GetEnvironmentVariable("ETCDSHARP_ENDPOINT") is { Length: > 0 }, "needs both servers");
        var real = await RawHttp.AskAsync((await servers.Shared(ServerKind.Real)).Address, request + " HTTP/1.1");
        var ours = await RawHttp.AskAsync((await servers.Shared(ServerKind.Ours)).Address, request + " HTTP/1.1");
        Assert.Equal(Describe(real), Describe(ours));
    }

    [Theory]
    [OnEach("GET /version", "application/json")]
    [OnEach("GET /metrics", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")]
    [OnEach("HEAD /metrics", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")]
    [OnEach("POST /metrics", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")]
    public async Task EveryOriginMayAsk(ServerKind kind, string request, string type)
    {
        var answer = await RawHttp.AskAsync((await servers.Shared(kind)).Address, request + " HTTP/1.1");
        Assert.Equal("HTTP/1.1 200 OK", answer.Status);
        Assert.Equal(type, answer.Headers["CONTENT-TYPE"]);
        Assert.Equal("*", answer.Headers["ACCESS-CONTROL-ALLOW-ORIGIN"]);
        Assert.Equal("POST, GET, OPTIONS, PUT, DELETE", answer.Headers["ACCESS-CONTROL-ALLOW-METHODS"]);
        Assert.Equal("accept, content-type, authorization", answer.Headers["ACCESS-CONTROL-ALLOW-HEADERS"]);
    }

    // Who gives up after the headers, as a client does whose context ends there, can still read what has come with them.
    [Theory]
    [OnEach("GET /health")]
    [OnEach("GET /version")]
    [OnEach("GET /livez")]
    [OnEach("GET /readyz?verbose")]
    [OnEach("GET /nothing")]
    public async Task TheBodyComesWithTheHeaders(ServerKind kind, string request)
    {
        var answer = await RawHttp.AskAsync((await servers.Shared(kind)).Address, request + " HTTP/1.1");
        Assert.NotEmpty(answer.Body);
        Assert.Equal($"{answer.Body.Length}", answer.Headers["CONTENT-LENGTH"]);
        Assert.Equal(answer.Bytes, answer.FirstReceiveBytes);
    }

    [Theory]
    [OnEach("GET /version", "1.1")]
    [OnEach("GET /version", "1.0")]
    [OnEach("GET /nothing", "1.1")]
    [OnEach("GET /metrics", "1.1")]
    public async Task AClientThatSendsNoMoreIsAnswered(ServerKind kind, string request, string version)
    {
        var address = (await servers.Shared(kind)).Address;
        var answer = await RawHttp.AskAsync(address, $"{request} HTTP/{version}", closeSending: true);
        Assert.NotEmpty(answer.Body);
        if (answer.Headers.TryGetValue("CONTENT-LENGTH", out var length))
        {
            Assert.Equal($"{answer.Body.Length}", length);
        }
    }

    [Theory]
    [OnEach("gzip", true)]
    [OnEach("deflate, gzip;q=0.5", true)]
    [OnEach("gzip;q=1.0, identity;q=0.5, *;q=0", true)]
    [OnEach("gzip;q=0", false)]
    [OnEach("identity, gzip", false)]
    [OnEach("*", false)]
    [OnEach("br", false)]
    public async Task MetricsAreCompressedForWhoAsks(ServerKind kind, string accepted, bool compressed)
    {
        var address = (await servers.Shared(kind)).Address;
        var answer = await RawHttp.AskAsync(address, "GET /metrics HTTP/1.1", [$"Accept-Encoding: {accepted}"]);
        Assert.Equal(compressed ? "gzip" : null, answer.Headers.GetValueOrDefault("CONTENT-ENCODING"));
        using var plain = new MemoryStream();
        await using (Stream body = compressed ? Unzip(answer.Body) : new MemoryStream(answer.Body))
        {
            await body.CopyToAsync(plain);
        }

        var text = Encoding.UTF8.GetString(plain.ToArray());
        Assert.StartsWith("# HELP ", text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [OnEach("http://a.example", "http://a.example")]
    [OnEach("http://b.example", "http://b.example")]
    [OnEach("http://c.example", null)]
    [OnEach(null, null)]
    public async Task OnlyNamedOriginsMayAsk(ServerKind kind, string? origin, string? allowed)
    {
        await using var server = await Servers.Fresh(kind, "--cors", "http://a.example:80,http://b.example:80");
        var port = origin is null ? null : ":80";
        string[] headers = origin is null ? [] : [$"Origin: {origin}{port}"];
        foreach (var request in new[] { "GET /health", "OPTIONS /health", "GET /nothing" })
        {
            var answer = await RawHttp.AskAsync(server.Address, request + " HTTP/1.1", headers);
            Assert.Equal(
                allowed is null ? null : allowed + port,
                answer.Headers.GetValueOrDefault("ACCESS-CONTROL-ALLOW-ORIGIN")
            );
        }
    }

    [Fact]
    public async Task AnUnknownHostIsRefusedAsByEtcd()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        await using var real = await Servers.Fresh(ServerKind.Real, "--host-whitelist", "etcd.example");
        await using var ours = await Servers.Fresh(ServerKind.Ours, "--host-whitelist", "etcd.example");
        foreach (
            var request in new[] { "GET /health HTTP/1.1", "OPTIONS /health HTTP/1.1", "GET http://etcd.example/health HTTP/1.1" }
        )
        {
            var (expected, got) = (await RawHttp.AskAsync(real.Address, request), await RawHttp.AskAsync(ours.Address, request));
            Assert.Equal(Describe(expected), Describe(got));
        }
    }

    [Theory]
    [InlineData("POST /v3/kv/range", "HTTP/1.1 501 Not Implemented", "JSON over HTTP is not built")]
    [InlineData("GET /v3beta/kv/range", "HTTP/1.1 501 Not Implemented", "JSON over HTTP is not built")]
    [InlineData("GET /v2/keys/a", "HTTP/1.1 404 Not Found", "API version 2 is not built")]
    public async Task WhatIsNotBuiltIsSaid(string request, string status, string said)
    {
        var answer = await RawHttp.AskAsync((await servers.Shared(ServerKind.Ours)).Address, request + " HTTP/1.1");
        Assert.Equal(status, answer.Status);
        Assert.Contains(said, answer.Text, StringComparison.Ordinal);
    }

    [Theory, OnEach]
    public async Task OptionsOfTheWholeServer(ServerKind kind)
    {
        var answer = await RawHttp.AskAsync((await servers.Shared(kind)).Address, "OPTIONS * HTTP/1.1");
        Assert.Equal("HTTP/1.1 200 OK", answer.Status);
        Assert.Empty(answer.Body);
    }

    private static GZipStream Unzip(byte[] body) => new(new MemoryStream(body), CompressionMode.Decompress);

    private static string Describe(RawHttp answer) =>
        string.Join(
            '\n',
            [
                answer.Status,
                .. answer
                    .Headers.Where(static header => header.Key is not "DATE")
                    .Select(static header => $"{header.Key}: {header.Value}")
                    .Order(StringComparer.Ordinal),
                "",
                answer.Text,
            ]
        );
}
