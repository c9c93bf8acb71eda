using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Auth;

/// <summary>A member of real etcd of its own: authentication is on for a while, which nobody else must meet.</summary>
public sealed class AuthMember : IAsyncDisposable
{
    private readonly Lazy<Task<EtcdServer>> server = new(() => EtcdServer.StartAsync(ServerKind.Real));

    public async Task<SideBySide> EtcdctlAsync()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        return SideBySide.Etcdctl(await server.Value);
    }

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
