using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EtcdSharp.CommandLine.Tests.Tls;

/// <summary>A certificate authority of the tests, and the files of those that it has signed.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromDays(30);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;
    private readonly string folder;

    public TestAuthority(string folder, string name)
    {
        this.folder = folder;
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow - s_long, DateTimeOffset.UtcNow + s_long);
        File = Path.Combine(folder, $"{name}.pem");
        System.IO.File.WriteAllText(File, certificate.ExportCertificatePem());
    }

    public string File { get; }

    /// <summary>Signs a certificate for servers and clients and writes it and its key: <c>name.pem</c> and <c>name-key.pem</c>.</summary>
    /// <param name="name">Its name, and that of its files.</param>
    /// <param name="hosts">Host names and addresses that it is for.</param>
    /// <param name="age">How long ago its time was over; negative for one that holds so long from now on.</param>
    public (string Certificate, string Key) Sign(string name, IReadOnlyList<string> hosts, TimeSpan? age = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false)
        );
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        var end = DateTimeOffset.UtcNow - (age ?? -s_long / 2);
        using var signed = request.Create(certificate, end - s_long * 2 / 3, end, RandomNumberGenerator.GetBytes(8));
        var files = (Path.Combine(folder, $"{name}.pem"), Path.Combine(folder, $"{name}-key.pem"));
        System.IO.File.WriteAllText(files.Item1, signed.ExportCertificatePem());
        System.IO.File.WriteAllText(files.Item2, own.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
