using System.Diagnostics.Metrics;

namespace EtcdSharp.Server.Edge.Http;

internal static class HttpMetrics
{
    private static readonly Meter s_meter = new("EtcdSharp.Server.Http");

    public static readonly Counter<long> HealthSuccess = s_meter.CreateCounter<long>("etcd_server_health_success");
    public static readonly Counter<long> HealthFailures = s_meter.CreateCounter<long>("etcd_server_health_failures");
    public static readonly Counter<long> Scrapes = s_meter.CreateCounter<long>("promhttp_metric_handler_requests_total");
    public static readonly UpDownCounter<long> ScrapesInFlight = s_meter.CreateUpDownCounter<long>(
        "promhttp_metric_handler_requests_in_flight"
    );

    /// <summary>The results that a scrape may have are there before the first.</summary>
    public static readonly KeyValuePair<string, object?>[] ScrapeResults =
    [
        new("code", "200"),
        new("code", "500"),
        new("code", "503"),
    ];

    private static readonly Gauge<long> s_check = s_meter.CreateGauge<long>("etcd_server_healthcheck");
    private static readonly Counter<long> s_checks = s_meter.CreateCounter<long>("etcd_server_healthchecks_total");

    public static void RecordCheck(string type, string name, bool passed)
    {
        var typeTag = new KeyValuePair<string, object?>("type", type);
        var nameTag = new KeyValuePair<string, object?>("name", name);
        s_check.Record(passed ? 1 : 0, typeTag, nameTag);
        s_checks.Add(1, typeTag, nameTag, new KeyValuePair<string, object?>("status", passed ? "success" : "error"));
    }
}
