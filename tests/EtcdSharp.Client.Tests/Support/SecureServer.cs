namespace EtcdSharp.Client.Tests.Support;

/// <summary>Real etcd that takes clients with a certificate of its authority alone.</summary>
internal sealed class SecureServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
    private readonly (string Certificate, string Key) files;
    private EtcdServer? server;

    private SecureServer(string host)
    {
        files = Authority.Issue("server", host);
        Address = $"https://127.0.0.1:{FreePort.Next()}";
    }

    public TestAuthority Authority { get; } = new();

    public string Address { get; }

    /// <summary>Skips the test where real etcd is not there. Returns when the process runs: clients wait for the rest.</summary>
    public static SecureServer Start(string host)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var started = new SecureServer(host);
        started.Launch();
        return started;
    }

    public async Task RestartAsync()
    {
        await server!.KillAsync();
        await server.DisposeAsync();
        Launch();
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        Authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Launch() =>
        server = EtcdServer.Launch(
            ServerKind.Real,
            new ServerOptions(
                [
                    "--listen-client-urls",
                    Address,
                    "--advertise-client-urls",
                    Address,
                    "--log-level",
                    "warn",
                    "--cert-file",
                    files.Certificate,
                    "--key-file",
                    files.Key,
                    "--client-cert-auth",
                    "--trusted-ca-file",
                    Authority.CaFile,
                ],
                DataDirectory: Path.Combine(folder, "data")
            )
        );
}
