using EtcdSharp.Server;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>A server for one test alone, which may change what concerns everybody, and clients of it.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
    private RestartableServer? server;
    private Member? member;

    private OwnServer() { }

    public static async Task<OwnServer> StartAsync(Way way)
    {
        var own = new OwnServer();
        if (way == Way.InProcess)
        {
            own.member = await Servers.StartMemberAsync(own.folder);
        }
        else
        {
            own.server = await RestartableServer.StartAsync(way == Way.Real ? ServerKind.Real : ServerKind.Ours);
        }

        return own;
    }

    public EtcdClient Client(string? user = null, string? password = null)
    {
        var options = new EtcdClientOptions { User = user, Password = password };
        return new EtcdClient(
            member is null ? options with { Endpoints = [server!.Address] } : options with { Channel = member.Channel }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        if (member is not null)
        {
            await member.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
