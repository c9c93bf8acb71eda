using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;

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

    /// <summary>Reads a private Ed25519 key; what is wrong with the file, to be put behind its name, or null.</summary>
    public static string? ReadEd25519Private(byte[] file, out Ed25519PrivateKeyParameters? key)
    {
        Ed25519PrivateKeyParameters? read = null;
        var problem = Read(
            file,
            "an Ed25519",
            "private key",
            [Pkcs8, Pkcs8Encrypted],
            (_, content) => (read = Ed25519Encoding.ReadPrivate(content)) is not null
        );
        key = read;
        return problem;
    }

    /// <summary>Reads a public Ed25519 key; what is wrong with the file, to be put behind its name, or null.</summary>
    public static string? ReadEd25519Public(byte[] file, out Ed25519PublicKeyParameters? key)
    {
        Ed25519PublicKeyParameters? read = null;
        var problem = Read(
            file,
            "an Ed25519",
            "public key",
            [Public],
            (_, content) => (read = Ed25519Encoding.ReadPublic(content)) is not null
        );
        key = read;
        return problem;
    }

    private static string? Import(byte[] file, AsymmetricAlgorithm key, string what, string[] labels) =>
        Read(file, key is RSA ? "an RSA" : "an elliptic-curve", what, labels, (label, content) => TryImport(key, label, content));

    /// <param name="file">The whole file.</param>
    /// <param name="kind">Of the key, for the message.</param>
    /// <param name="what">Private or public key, for the message.</param>
    /// <param name="labels">Those that the key may have; the usual one first.</param>
    /// <param name="tryRead">Takes the label and the content, and says whether it is the right kind of key.</param>
    private static string? Read(byte[] file, string kind, string what, string[] labels, Func<string, byte[], bool> tryRead)
    {
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
                return tryRead(label, Convert.FromBase64String(rest[fields.Base64Data].ToString()))
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
