using EtcdSharp.Edge.Metrics;

namespace EtcdSharp.Edge.Calls;

/// <summary>How often clients of each API version have called.</summary>
internal sealed class ClientVersions(MetricsCollector collector)
{
    /// <summary>Clients name their version themselves; one that invents a new one per call must not fill the memory.</summary>
    private const int VersionsMax = 64;

    private const string NotNamed = "unknown";
    private const string OneTooMany = "other";

    private readonly Lock _growing = new();
    private Entry[] _entries = [];

    public void Count(string? version, bool isUnary)
    {
        var entry = Find(version ?? NotNamed);
        (isUnary ? entry.Unary.Value : entry.Stream.Value).Add(1);
    }

    private Entry Find(string version)
    {
        foreach (var entry in Volatile.Read(ref _entries))
        {
            if (entry.Version == version)
            {
                return entry;
            }
        }

        return Add(version);
    }

    private Entry Add(string version)
    {
        lock (_growing)
        {
            var name = _entries.Length < VersionsMax ? version : OneTooMany;
            if (Array.Find(_entries, entry => entry.Version == name) is { } known)
            {
                return known;
            }

            var added = new Entry(name, SeriesOf(name, "unary"), SeriesOf(name, "stream"));
            Volatile.Write(ref _entries, [.. _entries, added]);
            return added;
        }
    }

    private Lazy<MetricSeries> SeriesOf(string version, string type) =>
        new(() => collector.Series("etcd_server_client_requests_total", new("client_api_version", version), new("type", type)));

    private sealed record Entry(string Version, Lazy<MetricSeries> Unary, Lazy<MetricSeries> Stream);
}
