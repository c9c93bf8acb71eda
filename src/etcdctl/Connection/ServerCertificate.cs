using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Says what is wrong with the certificate of a server, and what to do.</summary>
internal static class ServerCertificate
{
    /// <summary>Takes a certificate that holds; of the others it tells.</summary>
    /// <exception cref="ServerCertificateException">The server is not who it should be.</exception>
    public static bool Check(object connection, X509Certificate? given, X509Chain? chain, SslPolicyErrors problems) =>
        Complaint((connection as SslStream)?.TargetHostName ?? "", given as X509Certificate2, chain, problems) is { } complaint
            ? throw new ServerCertificateException(complaint)
            : true;

    private static string? Complaint(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors problems)
    {
        if (problems == SslPolicyErrors.None)
        {
            return null;
        }

        if (certificate is null)
        {
            return "the server has no certificate; is TLS on there?";
        }

        var statuses = chain?.ChainStatus ?? [];
        var all = statuses.Aggregate(X509ChainStatusFlags.NoError, static (flags, one) => flags | one.Status);
        if (all.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return Expired(chain!);
        }

        if ((all & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError)
        {
            return "the server's certificate is signed by an unknown authority; name its CA with --cacert";
        }

        return problems.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"the server's certificate is valid for {Names(certificate)}, not {host}; name such a host in --endpoints"
            : $"the server's certificate is not valid: {string.Join(", ", statuses.Select(static one => one.StatusInformation))}";
    }

    /// <summary>The one of the chain that is too old, or too young.</summary>
    private static string Expired(X509Chain chain)
    {
        var element = chain.ChainElements.First(static one =>
            one.ChainElementStatus.Any(static status => status.Status == X509ChainStatusFlags.NotTimeValid)
        );
        var (from, to) = (element.Certificate.NotBefore.ToUniversalTime(), element.Certificate.NotAfter.ToUniversalTime());
        var whose = element == chain.ChainElements[0] ? "the server's certificate" : "a certificate above the server's";
        return to < DateTime.UtcNow
            ? $"{whose} has expired at {Moment(to)}; renew it, or set this machine's clock"
            : $"{whose} is not valid before {Moment(from)}; set this machine's clock, or wait";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static one =>
                one.EnumerateDnsNames().Concat(one.EnumerateIPAddresses().Select(static address => address.ToString()))
            )
            .ToList();
        return names.Count == 0 ? "no host" : string.Join(", ", names);
    }

    private static string Moment(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
