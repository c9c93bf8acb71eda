using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EtcdSharp.Client;

/// <summary>TLS options from the files that etcd's own programs take.</summary>
public static class EtcdTls
{
    /// <summary>Reads certificates in PEM form.</summary>
    /// <param name="caFile">The only authorities that are trusted; null trusts those of the system.</param>
    /// <param name="certificateFile">What the client shows: its certificate and those between it and the authority.</param>
    /// <param name="keyFile">The private key, not encrypted; null where the certificate's file has it too.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file holds something else.</exception>
    public static SslClientAuthenticationOptions FromPem(
        string? caFile = null,
        string? certificateFile = null,
        string? keyFile = null
    )
    {
        if (certificateFile is null && keyFile is not null)
        {
            throw new ArgumentException("a key is of no use without its certificate", nameof(keyFile));
        }

        var options = new SslClientAuthenticationOptions();
        if (caFile is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(caFile);
        }

        if (certificateFile is not null)
        {
            var between = new X509Certificate2Collection();
            between.ImportFromPemFile(certificateFile);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                Own(certificateFile, keyFile),
                between,
                offline: true
            );
        }

        return options;
    }

    private static X509Certificate2 Own(string certificateFile, string? keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // The TLS of Windows takes no key that is in memory alone.
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }
}
