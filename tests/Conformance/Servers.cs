using EtcdSharp.Conformance;

[assembly: AssemblyFixture(typeof(Servers))]

namespace EtcdSharp.Conformance;

/// <summary>One server of each kind, started when the first case asks for it and shared by all that do not disturb others.</summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly Lazy<Task<EtcdServer>> _real = new(() => EtcdServer.StartAsync(ServerKind.Real));
    private readonly Lazy<Task<EtcdServer>> _ours = new(() => EtcdServer.StartAsync(ServerKind.Ours));
    private readonly Lazy<EtcdServer> _given = new(() =>
        EtcdServer.Given(new Uri(Environment.GetEnvironmentVariable("ETCDSHARP_ENDPOINT")!))
    );

    public Task<EtcdServer> Shared(ServerKind kind) =>
        kind switch
        {
            ServerKind.Real => _real.Value,
            ServerKind.Ours => _ours.Value,
            _ => Task.FromResult(_given.Value),
        };

    /// <summary>A server for one case alone; the case disposes of it.</summary>
    public static Task<EtcdServer> Fresh(ServerKind kind, params string[] arguments)
    {
        Assert.SkipWhen(kind == ServerKind.Given, "needs a server of its own");
        return EtcdServer.StartAsync(kind, new ServerOptions([.. arguments, "--log-level", "warn"]));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { _real, _ours })
        {
            if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
            {
                await (await server.Value).DisposeAsync();
            }
        }
    }
}
