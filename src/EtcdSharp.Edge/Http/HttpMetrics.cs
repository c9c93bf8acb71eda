using System.Diagnostics.Metrics;

namespace EtcdSharp.Edge.Http;

/// <summary>The instruments of health and of scrapes, under etcd's names.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class HttpMetrics(Meter meter)
{
    public readonly Counter<long> HealthSuccess = meter.CreateCounter<long>("etcd_server_health_success");
    public readonly Counter<long> HealthFailures = meter.CreateCounter<long>("etcd_server_health_failures");
    public readonly Counter<long> Scrapes = meter.CreateCounter<long>("promhttp_metric_handler_requests_total");
    public readonly UpDownCounter<long> ScrapesInFlight = meter.CreateUpDownCounter<long>(
        "promhttp_metric_handler_requests_in_flight"
    );

    /// <summary>The results that a scrape may have are there before the first.</summary>
    public static readonly KeyValuePair<string, object?>[] ScrapeResults =
    [
        new("code", "200"),
        new("code", "500"),
        new("code", "503"),
    ];

    private readonly Gauge<long> _check = meter.CreateGauge<long>("etcd_server_healthcheck");
    private readonly Counter<long> _checks = meter.CreateCounter<long>("etcd_server_healthchecks_total");

    public void RecordCheck(string type, string name, bool passed)
    {
        var typeTag = new KeyValuePair<string, object?>("type", type);
        var nameTag = new KeyValuePair<string, object?>("name", name);
        _check.Record(passed ? 1 : 0, typeTag, nameTag);
        _checks.Add(1, typeTag, nameTag, new KeyValuePair<string, object?>("status", passed ? "success" : "error"));
    }
}
