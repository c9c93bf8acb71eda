using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EtcdSharp.Replica.Tokens;

/// <summary>Reads the first key of a PEM file, in any of the forms that etcd reads.</summary>
internal static class PemKeys
{
    private const string Pkcs8 = "PRIVATE KEY";
    private const string Pkcs8Encrypted = "ENCRYPTED PRIVATE KEY";
    private const string RsaPrivate = "RSA PRIVATE KEY";
    private const string EcPrivate = "EC PRIVATE KEY";
    private const string Public = "PUBLIC KEY";
    private const string RsaPublic = "RSA PUBLIC KEY";
    private const string Certificate = "CERTIFICATE";

    /// <summary>Imports a private key; what is wrong with the file, to be put behind its name, or null.</summary>
    public static string? ImportPrivate(byte[] file, AsymmetricAlgorithm key) =>
        Import(file, key, "private key", [Pkcs8, RsaPrivate, EcPrivate, Pkcs8Encrypted]);

    /// <summary>Imports a public key, or the one of a certificate; what is wrong with the file, to be put behind its name, or null.</summary>
    public static string? ImportPublic(byte[] file, AsymmetricAlgorithm key) =>
        Import(file, key, "public key", [Public, RsaPublic, Certificate]);

    private static string? Import(byte[] file, AsymmetricAlgorithm key, string what, string[] labels)
    {
        var kind = key is RSA ? "an RSA" : "an elliptic-curve";
        var text = Encoding.Latin1.GetString(file);
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label].ToString();
            if (!labels.Contains(label, StringComparer.Ordinal))
            {
                rest = rest[fields.Location.End..];
                continue;
            }

            if (label == Pkcs8Encrypted)
            {
                return "is encrypted; write it without a password (openssl pkey -in FILE -out FILE2)";
            }

            try
            {
                return TryImport(key, label, Convert.FromBase64String(rest[fields.Base64Data].ToString()))
                    ? null
                    : $"has another kind of key, {kind} {what} is needed for this sign-method";
            }
            catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
            {
                // The second is what a curve gives that the system's library does not have.
                return $"is not {kind} {what} ({exception.Message}), which this sign-method needs";
            }
        }

        return $"has no {what} in PEM form (\"-----BEGIN {labels[0]}-----\")";
    }

    private static bool TryImport(AsymmetricAlgorithm key, string label, byte[] content)
    {
        switch (label, key)
        {
            case (Pkcs8, _):
                key.ImportPkcs8PrivateKey(content, out _);
                return true;
            case (RsaPrivate, RSA rsa):
                rsa.ImportRSAPrivateKey(content, out _);
                return true;
            case (EcPrivate, ECDsa ecdsa):
                ecdsa.ImportECPrivateKey(content, out _);
                return true;
            case (Public, _):
                key.ImportSubjectPublicKeyInfo(content, out _);
                return true;
            case (RsaPublic, RSA rsa):
                rsa.ImportRSAPublicKey(content, out _);
                return true;
            case (Certificate, _):
                using (var certificate = X509CertificateLoader.LoadCertificate(content))
                {
                    key.ImportSubjectPublicKeyInfo(certificate.PublicKey.ExportSubjectPublicKeyInfo(), out _);
                }

                return true;
            default:
                return false;
        }
    }
}
