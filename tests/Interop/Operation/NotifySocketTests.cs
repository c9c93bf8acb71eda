using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Interop.Operation;

/// <summary>A service manager that waits for READY=1, as systemd does for a unit of Type=notify.</summary>
public sealed class NotifySocketTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ServerKind.Real, false)]
    [InlineData(ServerKind.Real, true)]
    [InlineData(ServerKind.Ours, false)]
    [InlineData(ServerKind.Ours, true)]
    public async Task ReadyIsToldOnceClientsAreServed(ServerKind kind, bool isAbstract)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var folder = Directory.CreateTempSubdirectory("etcdsharp-notify-");
        try
        {
            var path = Path.Combine(folder.FullName, "notify");
            using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + path : path));
            await using var server = EtcdServer.Launch(
                kind,
                new ServerOptions(
                    ["--log-level", "info"],
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = isAbstract ? '@' + path : path }
                )
            );
            var state = new byte[256];
            using var limit = new CancellationTokenSource(s_limit);
            var length = await manager.ReceiveAsync(state.AsMemory(), limit.Token);
            Assert.Equal("READY=1", Encoding.ASCII.GetString(state, 0, length));
            await server.Endpoint.Status();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task AManagerThatIsGoneDoesNotMatter(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        await using var server = await EtcdServer.StartAsync(
            kind,
            new ServerOptions(
                ["--log-level", "info"],
                new Dictionary<string, string>(StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = "/nonexistent/notify" }
            )
        );
        await server.WaitForOutputAsync("failed to notify systemd for readiness");
    }
}
