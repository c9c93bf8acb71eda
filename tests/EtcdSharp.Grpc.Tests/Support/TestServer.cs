using EtcdSharp.Edge.Listening;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Grpc.Tests.Support;

/// <summary>A listening server with the methods of <see cref="TestMethods"/> or a test's own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(EdgeHost host) => Host = host;

    public EdgeHost Host { get; }

    public string Address => Host.Urls[0].Text;

    public int Port => ((System.Net.IPEndPoint)Host.Urls[0].EndPoint).Port;

    public static Task<TestServer> StartAsync() => StartAsync(new GrpcServerOptions(), new KeepAlivePolicy(), TestMethods.AddTo);

    public static Task<TestServer> StartAsync(Action<GrpcServiceBuilder> register) =>
        StartAsync(new GrpcServerOptions(), new KeepAlivePolicy(), register);

    public static async Task<TestServer> StartAsync(
        GrpcServerOptions options,
        KeepAlivePolicy keepAlive,
        Action<GrpcServiceBuilder> register,
        string url = "http://127.0.0.1:0"
    )
    {
        GrpcServiceBuilder services = new();
        register(services);
        Assert.True(EdgeUrl.TryParse(url, out EdgeUrl? parsed, out string? error), error);
        EdgeHost host = await EdgeHost.StartAsync(
            new EdgeOptions
            {
                Urls = [parsed],
                Grpc = services.Build(options),
                Http = static context => context.Response.WriteAsync("plain " + context.Request.Path),
                KeepAlive = keepAlive,
            },
            CancellationToken.None
        );
        return new(host);
    }

    public GrpcChannel Channel() => new(Address);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
