namespace EtcdSharp.Client.Tests.Support;

/// <summary>A server that can be killed and started again at the same address with the same files.</summary>
internal sealed class RestartableServer : IAsyncDisposable
{
    private readonly ServerKind kind;
    private readonly string folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
    private readonly int port = FreePort.Next();
    private readonly string[] arguments;
    private EtcdServer? server;

    private RestartableServer(ServerKind kind, string[] arguments)
    {
        this.kind = kind;
        this.arguments = [.. arguments, "--log-level", "warn"];
    }

    public string Address => $"http://127.0.0.1:{port}";

    public static async Task<RestartableServer> StartAsync(ServerKind kind, params string[] arguments)
    {
        var started = new RestartableServer(kind, arguments);
        await started.StartAgainAsync();
        return started;
    }

    public async Task StartAgainAsync() =>
        server = await EtcdServer.StartAsync(kind, new ServerOptions(arguments, null, Path.Combine(folder, "data"), port));

    /// <summary>For a server that wants users: only the port is waited for.</summary>
    public async Task StartAgainWithAuthAsync()
    {
        server = EtcdServer.Launch(kind, new ServerOptions(arguments, null, Path.Combine(folder, "data"), port));
        await Eventually.TrueAsync(async () =>
        {
            using var socket = new System.Net.Sockets.TcpClient();
            try
            {
                await socket.ConnectAsync("127.0.0.1", port);
                return true;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return false;
            }
        });
    }

    public async Task KillAsync()
    {
        await server!.KillAsync();
        await server.DisposeAsync();
        server = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
