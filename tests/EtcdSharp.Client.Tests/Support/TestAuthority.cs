using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>A certificate authority of one test, and PEM files of what it has signed.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerAndClient = "1.3.6.1.5.5.7.3.1,1.3.6.1.5.5.7.3.2";

    private readonly string folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 own;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllText(CaFile, own.ExportCertificatePem());
    }

    public string CaFile => Path.Combine(folder, "ca.pem");

    /// <summary>The files of a new certificate with this common name, for 127.0.0.1 and a host.</summary>
    public (string Certificate, string Key) Issue(string name, string? host = null)
    {
        using var subject = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", subject, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        if (host is not null)
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        var uses = new OidCollection();
        foreach (var use in ServerAndClient.Split(','))
        {
            uses.Add(new Oid(use));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        var serial = RandomNumberGenerator.GetBytes(8);
        using var signed = request.Create(own, new DateTimeOffset(own.NotBefore), new DateTimeOffset(own.NotAfter), serial);
        var files = (Path.Combine(folder, $"{name}.pem"), Path.Combine(folder, $"{name}-key.pem"));
        File.WriteAllText(files.Item1, signed.ExportCertificatePem());
        File.WriteAllText(files.Item2, subject.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose()
    {
        own.Dispose();
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
