using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace EtcdSharp.Platform.Network;

/// <summary>Asks name servers for SRV records, which the framework's own resolver does not know.</summary>
internal sealed class SrvLookup
{
    /// <summary>How often each server is asked, and how long it is waited for; the resolver's usual figures.</summary>
    private const int Attempts = 2;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly LookupClient _client;

    /// <param name="servers">Null for the name servers of the system.</param>
    public SrvLookup(IReadOnlyList<IPEndPoint>? servers)
    {
        var options = servers is null ? new LookupClientOptions() : new LookupClientOptions([.. servers]);
        options.Retries = Attempts - 1;
        options.Timeout = s_timeout;
        options.UseCache = false;
        options.UseRandomNameServer = false;
        _client = new LookupClient(options);
    }

    /// <summary>
    /// The records of a name, the lowest priority first and of equal ones the largest weight; empty, with the problem in
    /// the resolver's usual words, where there are none.
    /// </summary>
    public async Task<(IReadOnlyList<SrvRecord> Records, string? Problem)> FindAsync(
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = await _client.QueryAsync(name, QueryType.SRV, QueryClass.IN, cancellationToken).ConfigureAwait(false);
            var records = answer
                .Answers.OfType<DnsClient.Protocol.SrvRecord>()
                .OrderBy(static record => record.Priority)
                .ThenByDescending(static record => record.Weight)
                .Select(static record => new SrvRecord(
                    record.Priority,
                    record.Weight,
                    record.Port,
                    record.Target.Value.TrimEnd('.')
                ))
                .ToArray();
            return records.Length > 0
                ? (records, null)
                : ([], $"lookup {name} on {answer.NameServer}: {Problem(answer.Header.ResponseCode)}");
        }
        catch (DnsResponseException failure)
        {
            return ([], $"lookup {name}: {Problem(failure)}");
        }
        catch (Exception failure) when (IsOfLibrary(failure))
        {
            return ([], $"lookup {name}: server misbehaving");
        }
        catch (ArgumentException)
        {
            // A label is empty or longer than 63 bytes.
            return ([], $"lookup {name}: no such host");
        }
    }

    /// <summary>An answer that cannot be read, or that answers another question, has exceptions that are not public.</summary>
    private static bool IsOfLibrary(Exception failure) => failure.GetType().Assembly == typeof(LookupClient).Assembly;

    private static string Problem(DnsHeaderResponseCode code) =>
        code is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain ? "no such host" : "server misbehaving";

    private static string Problem(DnsResponseException failure) =>
        failure.Code == DnsResponseCode.ConnectionTimeout ? "i/o timeout" : $"no name server answers ({failure.DnsError})";
}
