using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Certificates and trust from <c>--cert</c>, <c>--key</c>, <c>--cacert</c> and their companions.</summary>
internal static class TlsSettings
{
    /// <summary>Null where nothing asks for TLS.</summary>
    public static SslClientAuthenticationOptions? Read(GlobalFlags global)
    {
        Refuse(global.Cert);
        Refuse(global.Key);
        Refuse(global.CaCert);
        return Of(
            global.Cert.Value,
            global.Key.Value,
            global.CaCert.Value,
            global.InsecureTransport.Value,
            global.InsecureSkipVerify.Value,
            global.InsecureDiscovery.Value ? "" : global.DiscoverySrv.Value
        );
    }

    /// <summary>Null where none of the files is named and clear text is allowed.</summary>
    public static SslClientAuthenticationOptions? Of(
        string cert,
        string key,
        string ca,
        bool clearText,
        bool skipVerify = false,
        string serverName = ""
    )
    {
        if (cert.Length + key.Length + ca.Length + serverName.Length == 0 && clearText && !skipVerify)
        {
            return null;
        }

        if (cert.Length == 0 != (key.Length == 0))
        {
            throw new CommandFailure(
                ExitCode.BadArguments,
                $"KeyFile and CertFile must both be present[key: {key}, cert: {cert}]"
            );
        }

        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = skipVerify ? static (_, _, _, _) => true : ServerCertificate.Check,
        };
        if (cert.Length > 0)
        {
            var (own, above) = PemFile.Pair(cert, key);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, above, offline: true);
        }

        if (serverName.Length > 0)
        {
            options.TargetHost = serverName;
        }

        if (ca.Length > 0 && !skipVerify)
        {
            options.CertificateChainPolicy = TrustOnly(ca);
        }

        return options;
    }

    /// <summary>
    /// For addresses that all ask for TLS, the trust of the system. Where they do not, the choice is the connection's: options for
    /// TLS would hold for those that name no scheme, too.
    /// </summary>
    public static SslClientAuthenticationOptions? OfAddresses(IReadOnlyList<string> endpoints) =>
        endpoints.All(static endpoint => endpoint.StartsWith("https://", StringComparison.Ordinal))
            ? new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = ServerCertificate.Check }
            : null;

    private static void Refuse(StringFlag flag)
    {
        if (flag.Changed && flag.Value.Length == 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"empty string is passed to --{flag.Name} option");
        }
    }

    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(PemFile.Authorities(file));
        return policy;
    }
}
