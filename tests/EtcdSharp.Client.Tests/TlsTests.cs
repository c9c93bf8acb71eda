using System.Net.Security;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

/// <summary>Against real etcd with certificates that each test makes; our member has no TLS yet.</summary>
public sealed class TlsTests
{
    private const string Host = "example.com";

    [Fact]
    public async Task AClientShowsItsCertificateAndChecksTheServers()
    {
        await using var server = SecureServer.Start(Host);
        var (cert, key) = server.Authority.Issue("somebody");
        await using var client = new EtcdClient($"{server.Address};ca={server.Authority.CaFile};cert={cert};key={key}");
        await using var watcher = await client.Watch.OpenAsync("k", cancellationToken: Eventually.Bounded());
        await client.Kv.PutAsync("k", "v", null, Eventually.Bounded());
        Assert.Equal("v", (await client.Kv.GetValueAsync("k")).ToString());
        await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
        {
            Assert.Equal("PUT k=v", Assert.Single(batch.Events).ToString());
            break;
        }

        // Across a restart the session of before is of no use: the handshake is made anew.
        await server.RestartAsync();
        await client.Kv.GetAsync("k", null, Eventually.Bounded());
    }

    [Fact]
    public async Task WhoShowsNoCertificateOrAForeignOneIsRefused()
    {
        await using var server = SecureServer.Start(Host);
        await using var without = new EtcdClient($"{server.Address};ca={server.Authority.CaFile};attempts=2");
        await Assert.ThrowsAsync<EtcdException>(() => without.Kv.GetAsync("k", null, Eventually.Bounded()));

        using var other = new TestAuthority();
        var (cert, key) = other.Issue("somebody");
        await using var foreign = new EtcdClient(
            $"{server.Address};ca={server.Authority.CaFile};cert={cert};key={key};attempts=2"
        );
        await Assert.ThrowsAsync<EtcdException>(() => foreign.Kv.GetAsync("k", null, Eventually.Bounded()));
    }

    [Fact]
    public async Task AServerThatIsNotTrustedGetsNoRequest()
    {
        await using var server = SecureServer.Start(Host);
        var (cert, key) = server.Authority.Issue("somebody");
        using var other = new TestAuthority();
        string[] distrusting =
        [
            $"{server.Address};cert={cert};key={key};attempts=2",
            $"{server.Address};ca={other.CaFile};cert={cert};key={key};attempts=2",
            // The certificate is for 127.0.0.1 and not for this name of it.
            $"https://localhost:{new Uri(server.Address).Port};ca={server.Authority.CaFile};cert={cert};key={key};attempts=2",
        ];
        foreach (var settings in distrusting)
        {
            await using var client = new EtcdClient(settings);
            var failure = await Assert.ThrowsAsync<EtcdException>(() => client.Kv.PutAsync("k", "v", null, Eventually.Bounded()));
            Assert.False(failure.OutcomeUnknown, failure.ToString());
        }
    }

    [Fact]
    public async Task ACertificateSaysWhoAUserIs()
    {
        await using var server = SecureServer.Start(Host);
        await using var root = Client(server, "root");
        await using var me = Client(server, "me");
        var auth = root.Auth;
        await auth.AddUserAsync("root", null);
        await auth.AddRoleAsync("root");
        await auth.GrantRoleAsync("root", "root");
        await auth.AddUserAsync("me", null);
        await auth.AddRoleAsync("writer");
        await auth.GrantPermissionAsync("writer", KeyRange.Prefix("mine/"), EtcdSharp.Api.Authpb.Permission.Types.Type.Readwrite);
        await auth.GrantRoleAsync("me", "writer");
        await auth.EnableAsync();

        await me.Kv.PutAsync("mine/1", "x");
        await Eventually.FailsAsync(EtcdError.PermissionDenied, () => me.Kv.PutAsync("yours", "x"));
        await root.Kv.PutAsync("yours", "x");
    }

    [Fact]
    public async Task MembersFoundByADomainMustHaveItsCertificate()
    {
        await using var server = SecureServer.Start(Host);
        using var names = new FakeNameServer();
        foreach (var domain in (string[])[Host, "example.org"])
        {
            names.Records[$"_etcd-client-ssl._tcp.{domain}"] = [(0, 0, new Uri(server.Address).Port, "localhost")];
        }

        var (cert, key) = server.Authority.Issue("somebody");
        await using var client = await EtcdClient.FromDomainAsync(Host, Options(), server: names.Address);
        await client.Kv.PutAsync("k", "v", null, Eventually.Bounded());

        // The server has answered: what fails now is the name, at the first attempt.
        await using var deceived = await EtcdClient.FromDomainAsync(
            "example.org",
            Options(attemptsMax: 1),
            server: names.Address
        );
        var failure = await Assert.ThrowsAsync<EtcdException>(() => deceived.Kv.PutAsync("k", "v", null, Eventually.Bounded()));
        Assert.Contains("certificate", failure.Message, StringComparison.Ordinal);

        EtcdClientOptions Options(int attemptsMax = 14) =>
            new() { Tls = EtcdTls.FromPem(server.Authority.CaFile, cert, key), AttemptsMax = attemptsMax };
    }

    [Fact]
    public async Task TrustMayBeDecidedInCode()
    {
        await using var server = SecureServer.Start(Host);
        var (cert, key) = server.Authority.Issue("somebody");
        var asked = 0;
        var tls = EtcdTls.FromPem(null, cert, key);
        tls.RemoteCertificateValidationCallback = (_, theirs, _, errors) =>
        {
            Interlocked.Increment(ref asked);
            return errors == SslPolicyErrors.RemoteCertificateChainErrors && theirs!.Subject == "CN=server";
        };
        await using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [server.Address], Tls = tls });
        await client.Kv.PutAsync("k", "v", null, Eventually.Bounded());
        Assert.NotEqual(0, asked);
    }

    private static EtcdClient Client(SecureServer server, string name)
    {
        var (cert, key) = server.Authority.Issue(name);
        return new EtcdClient($"{server.Address};ca={server.Authority.CaFile};cert={cert};key={key}");
    }
}
