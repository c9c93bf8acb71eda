using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Certificates and keys from files. What is wrong with one is told in etcd's words, and behind them what to look at.</summary>
internal static class PemFile
{
    private const string CertificateLabel = "CERTIFICATE";

    /// <summary>The certificates of a file. None where there is nothing in the file: etcd takes that, and then trusts nobody.</summary>
    public static X509Certificate2Collection Authorities(string file) => Certificates(file, Read(file));

    /// <summary>A certificate with its key, and those above it that stand behind it in the file.</summary>
    public static (X509Certificate2 Own, X509Certificate2Collection Above) Pair(string certificateFile, string keyFile)
    {
        var certificate = Read(certificateFile);
        var key = Read(keyFile);
        var all = Certificates(certificateFile, certificate);
        if (all.Count == 0 && PemEncoding.TryFind(certificate, out var other))
        {
            throw certificate.AsSpan()[other.Label].EndsWith("PRIVATE KEY", StringComparison.Ordinal)
                ? Wrong(
                    "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
                        + $"PEM inputs may have been switched: --cert names the certificate, not {certificateFile}"
                )
                : Wrong(
                    $"tls: failed to find \"CERTIFICATE\" PEM block in certificate input; is {certificateFile} a certificate?"
                );
        }

        if (all.Count == 0)
        {
            throw Wrong(
                $"tls: failed to find any PEM data in certificate input; is {certificateFile} a certificate in PEM form?"
            );
        }

        if (!PemEncoding.TryFind(key, out var found))
        {
            throw Wrong($"tls: failed to find any PEM data in key input; is {keyFile} a key in PEM form?");
        }

        if (key.AsSpan()[found.Label] is CertificateLabel)
        {
            throw Wrong(
                $"tls: found a certificate rather than a key in the PEM for the private key; --key names the key, not {keyFile}"
            );
        }

        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key);
            all.RemoveAt(0);
            return (own, all);
        }
        catch (ArgumentException failure)
        {
            throw Wrong($"tls: private key does not match public key; are {certificateFile} and {keyFile} a pair?", failure);
        }
        catch (CryptographicException failure)
        {
            throw Wrong(
                $"tls: failed to parse private key; is {keyFile} the key of {certificateFile}, without a password?",
                failure
            );
        }
    }

    private static X509Certificate2Collection Certificates(string file, string text)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text);
            return all;
        }
        catch (CryptographicException failure)
        {
            throw Wrong($"x509: malformed certificate; {file} is damaged", failure);
        }
    }

    private static string Read(string file)
    {
        if (Directory.Exists(file))
        {
            throw Wrong($"read {file}: is a directory");
        }

        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Wrong($"open {file}: no such file or directory", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Wrong($"open {file}: permission denied", failure);
        }
        catch (PathTooLongException failure)
        {
            throw Wrong($"open {file}: file name too long", failure);
        }
        catch (IOException failure)
        {
            throw Wrong($"read {file}: {failure.Message}", failure);
        }
    }

    private static CommandFailure Wrong(string message) => new(ExitCode.BadArguments, message);

    private static CommandFailure Wrong(string message, Exception reason) => new(ExitCode.BadArguments, message, reason);
}
