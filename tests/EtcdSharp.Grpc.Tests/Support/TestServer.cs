using EtcdSharp.Edge.Listening;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.InProcess;
using EtcdSharp.Grpc.Server;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Grpc.Tests.Support;

/// <summary>A listening server with the methods of <see cref="TestMethods"/> or a test's own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(EdgeHost host, CallTable calls)
    {
        Host = host;
        Calls = calls;
        InProcess.Serve(calls);
    }

    public EdgeHost Host { get; }

    public CallTable Calls { get; }

    public InProcessChannel InProcess { get; } = new();

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
        GrpcDispatcher dispatcher = services.Build(options);
        EdgeHost host = await EdgeHost.StartAsync(
            new EdgeOptions
            {
                Urls = [parsed],
                Grpc = dispatcher,
                Http = static context => context.Response.WriteAsync("plain " + context.Request.Path),
                KeepAlive = keepAlive,
            },
            CancellationToken.None
        );
        return new(host, dispatcher.Calls);
    }

    public GrpcChannel Channel() => new(Address);

    public async ValueTask DisposeAsync()
    {
        await InProcess.StopAsync(TimeSpan.Zero, new GrpcStatus(StatusCode.Unavailable, "stopped"));
        await Host.DisposeAsync();
    }
}
