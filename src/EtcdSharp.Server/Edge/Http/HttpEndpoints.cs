using EtcdSharp.Server.Metrics;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Server.Edge.Http;

/// <summary>Everything that is served over plain HTTP: health, version and metrics. Other paths are 404.</summary>
internal sealed class HttpEndpoints(IMemberState member, HealthEndpoints health, MetricsCollector metrics)
{
    private static readonly KeyValuePair<string, object?> s_scrapeOk = new("code", "200");

    public async Task ServeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (path == "/metrics")
        {
            await ServeMetricsAsync(http);
        }
        else if (path == "/version")
        {
            await ServeVersionAsync(http);
        }
        else if (!await health.TryServeAsync(http, path))
        {
            await PlainHttp.ErrorAsync(http, StatusCodes.Status404NotFound, "404 page not found");
        }
    }

    /// <summary>Metrics and health alone, for addresses that only the monitoring reaches.</summary>
    public async Task ServeMonitoringAsync(HttpContext http)
    {
        if (http.Request.Path.Value == "/version")
        {
            await PlainHttp.ErrorAsync(http, StatusCodes.Status404NotFound, "404 page not found");
            return;
        }

        await ServeAsync(http);
    }

    private async Task ServeVersionAsync(HttpContext http)
    {
        if (await PlainHttp.OnlyAsync(http, HttpMethods.Get))
        {
            http.Response.ContentType = "application/json";
            var cluster = member.ClusterVersion ?? "not_decided";
            var storage = member.StorageVersion ?? "unknown";
            await http.Response.WriteAsync(
                $"{{\"etcdserver\":\"{member.ServerVersion}\",\"etcdcluster\":\"{cluster}\",\"storage\":\"{storage}\"}}"
            );
        }
    }

    private async Task ServeMetricsAsync(HttpContext http)
    {
        HttpMetrics.ScrapesInFlight.Add(1);
        var text = PrometheusText.Write(metrics.Scrape());
        HttpMetrics.ScrapesInFlight.Add(-1);
        HttpMetrics.Scrapes.Add(1, s_scrapeOk);
        http.Response.ContentType = PrometheusText.ContentType;
        await http.Response.WriteAsync(text);
    }
}
