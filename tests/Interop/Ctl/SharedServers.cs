using EtcdSharp.Interop.Ctl;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace EtcdSharp.Interop.Ctl;

/// <summary>One server of each kind for all tests that keep to keys of their own.</summary>
public sealed class SharedServers : IAsyncDisposable
{
    private readonly Lazy<Task<EtcdServer>> _real = new(() => EtcdServer.StartAsync(ServerKind.Real));
    private readonly Lazy<Task<EtcdServer>> _ours = new(() => EtcdServer.StartAsync(ServerKind.Ours));

    internal async Task<Etcdctl> Ctl(ServerKind kind)
    {
        Etcdctl.SkipUnlessThere(kind);
        return new Etcdctl(await (kind == ServerKind.Real ? _real : _ours).Value);
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
