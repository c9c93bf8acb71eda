using EtcdSharp.Client.Tests.Support;

[assembly: AssemblyFixture(typeof(Servers))]

namespace EtcdSharp.Client.Tests.Support;

/// <summary>One server of each kind for all tests that do not disturb others, and clients with a namespace of their own.</summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly Lazy<Task<EtcdServer>> real = new(() => EtcdServer.StartAsync(ServerKind.Real));
    private readonly Lazy<Task<EtcdServer>> ours = new(() => EtcdServer.StartAsync(ServerKind.Ours));

    public Task<EtcdServer> Shared(ServerKind kind) => kind == ServerKind.Real ? real.Value : ours.Value;

    /// <summary>A client that sees nothing of other tests.</summary>
    public async Task<EtcdClient> ClientAsync(ServerKind kind) =>
        new(new EtcdClientOptions { Endpoints = [Of(await Shared(kind))], Namespace = $"/{Guid.NewGuid():N}/" });

    public static string Of(EtcdServer server) => server.Address.GetLeftPart(UriPartial.Authority);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { real, ours })
        {
            if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
            {
                await (await server.Value).DisposeAsync();
            }
        }
    }
}
