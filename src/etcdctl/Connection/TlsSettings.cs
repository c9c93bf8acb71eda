using System.Net.Security;
using System.Security.Cryptography;
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

        var options = new SslClientAuthenticationOptions();
        if (cert.Length > 0)
        {
            options.ClientCertificates = [Load(cert, () => X509Certificate2.CreateFromPemFile(cert, key))];
        }

        if (serverName.Length > 0)
        {
            options.TargetHost = serverName;
        }

        if (skipVerify)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (ca.Length > 0)
        {
            options.CertificateChainPolicy = TrustOnly(ca);
        }

        return options;
    }

    private static void Refuse(StringFlag flag)
    {
        if (flag.Changed && flag.Value.Length == 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"empty string is passed to --{flag.Name} option");
        }
    }

    private static X509ChainPolicy TrustOnly(string file)
    {
        var roots = Load(
            file,
            () =>
            {
                var all = new X509Certificate2Collection();
                all.ImportFromPemFile(file);
                return all;
            }
        );
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static T Load<T>(string file, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"open {file}: no such file or directory", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"open {file}: permission denied", failure);
        }
        catch (CryptographicException failure)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"{file}: {failure.Message}", failure);
        }
    }
}
