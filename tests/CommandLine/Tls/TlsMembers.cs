using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Tls;

/// <summary>
/// Members of real etcd that speak TLS, each with another certificate, and the files that callers need. Each has a port without TLS
/// beside, for the keys of a case.
/// </summary>
public sealed class TlsMembers : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("etcdsharp-tls-");
    private readonly TestAuthority authority;
    private readonly TestAuthority stranger;
    private readonly Dictionary<string, Lazy<Task<(EtcdServer Server, int Port)>>> members;

    public TlsMembers()
    {
        authority = new TestAuthority(folder.FullName, "ca");
        stranger = new TestAuthority(folder.FullName, "other-ca");
        string[] here = ["localhost", "127.0.0.1"];
        authority.Sign("client", ["client.example"]);
        stranger.Sign("strange-client", ["client.example"]);
        authority.Sign("old-client", ["client.example"], age: TimeSpan.FromDays(1));
        Write("empty.pem", "");
        Write("text.pem", "This is no certificate.\n");
        Write("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        members = new(StringComparer.Ordinal)
        {
            ["good"] = Lazily(authority.Sign("good", here)),
            ["mutual"] = Lazily(authority.Sign("mutual", here), "--client-cert-auth", "--trusted-ca-file", authority.File),
            ["expired"] = Lazily(authority.Sign("expired", here, age: TimeSpan.FromDays(1))),
            ["early"] = Lazily(authority.Sign("early", here, age: TimeSpan.FromDays(-25))),
            ["elsewhere"] = Lazily(authority.Sign("elsewhere", ["etcd.example", "192.0.2.1"])),
        };
    }

    /// <summary>
    /// The programs at one of the members, and a line of theirs: <c>{tls}</c> becomes the address with TLS, <c>{local}</c> the same by
    /// name, <c>{plain}</c> the one without, and <c>{/x}</c> the file x.
    /// </summary>
    public async Task<(SideBySide Side, string Line)> AtAsync(string member, string line)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var (server, port) = await members[member].Value;
        var filled = line.Replace("{tls}", $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("{local}", $"localhost:{port}", StringComparison.Ordinal)
            .Replace("{plain}", server.Address.Authority, StringComparison.Ordinal)
            .Replace("{/", folder.FullName + "/", StringComparison.Ordinal)
            .Replace(".pem}", ".pem", StringComparison.Ordinal);
        return (SideBySide.Etcdctl(server), filled);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in members.Values.Where(static one => one.IsValueCreated && one.Value.IsCompletedSuccessfully))
        {
            await (await member.Value).Server.DisposeAsync();
        }

        authority.Dispose();
        stranger.Dispose();
        folder.Delete(recursive: true);
    }

    private static Lazy<Task<(EtcdServer, int)>> Lazily((string Certificate, string Key) files, params string[] more) =>
        new(async () =>
        {
            var (plain, tls) = (FreePort.Next(), FreePort.Next());
            string[] arguments =
            [
                "--log-level",
                "error",
                "--listen-client-urls",
                $"http://127.0.0.1:{plain},https://127.0.0.1:{tls}",
                "--cert-file",
                files.Certificate,
                "--key-file",
                files.Key,
                .. more,
            ];
            return (await EtcdServer.StartAsync(ServerKind.Real, new ServerOptions(arguments) { ClientPort = plain }), tls);
        });

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(folder.FullName, name), content);
}
