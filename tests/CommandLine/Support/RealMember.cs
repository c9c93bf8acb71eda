using EtcdSharp.CommandLine.Tests.Support;

[assembly: AssemblyFixture(typeof(RealMember))]

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>A member of real etcd, for cases that need one which is not ours.</summary>
public sealed class RealMember : IAsyncDisposable
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
