namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>A member for the cases of one class, which change what others would notice.</summary>
public sealed class OwnMember : IAsyncDisposable
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
