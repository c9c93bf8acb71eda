using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class TlsTests
{
    [Fact]
    public async Task AClientShowsItsCertificate()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = SelfSigned(key);
            var certificateFile = Path.Combine(folder, "cert.pem");
            var keyFile = Path.Combine(folder, "key.pem");
            await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(keyFile, key.ExportECPrivateKeyPem());
            var address = $"https://127.0.0.1:{FreePort.Next()}";
            await using var server = EtcdServer.Launch(
                ServerKind.Real,
                new ServerOptions([
                    "--listen-client-urls",
                    address,
                    "--advertise-client-urls",
                    address,
                    "--log-level",
                    "warn",
                    "--cert-file",
                    certificateFile,
                    "--key-file",
                    keyFile,
                    "--client-cert-auth",
                    "--trusted-ca-file",
                    certificateFile,
                ])
            );

            var tls = new SslClientAuthenticationOptions
            {
                ClientCertificates = [certificate],
                RemoteCertificateValidationCallback = (_, theirs, _, _) =>
                    theirs!.GetCertHashString() == certificate.GetCertHashString(),
            };
            await using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [address], Tls = tls });
            await client.Kv.PutAsync("k", "v", null, Eventually.Bounded());
            Assert.Equal("v", (await client.Kv.GetValueAsync("k")).ToString());

            var withoutCertificate = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
            };
            await using var stranger = new EtcdClient(
                new EtcdClientOptions
                {
                    Endpoints = [address],
                    Tls = withoutCertificate,
                    AttemptsMax = 2,
                }
            );
            await Assert.ThrowsAsync<EtcdException>(() => stranger.Kv.GetAsync("k"));

            await using var distrustful = new EtcdClient(
                new EtcdClientOptions
                {
                    Endpoints = [address],
                    Tls = new SslClientAuthenticationOptions(),
                    AttemptsMax = 2,
                }
            );
            var failure = await Assert.ThrowsAsync<EtcdException>(() => distrustful.Kv.PutAsync("k", "v"));
            Assert.False(failure.OutcomeUnknown);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static X509Certificate2 SelfSigned(ECDsa key)
    {
        var request = new CertificateRequest("CN=etcd", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
    }
}
