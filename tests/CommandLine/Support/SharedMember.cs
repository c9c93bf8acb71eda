using EtcdSharp.CommandLine.Tests.Support;

[assembly: AssemblyFixture(typeof(SharedMember))]

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>One member of ours for all cases that keep to keys and leases of their own.</summary>
public sealed class SharedMember : IAsyncDisposable
{
    private readonly Lazy<Task<EtcdServer>> server = new(() => EtcdServer.StartAsync(ServerKind.Ours));

    public async Task<SideBySide> EtcdctlAsync() => SideBySide.Etcdctl(await server.Value);

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
