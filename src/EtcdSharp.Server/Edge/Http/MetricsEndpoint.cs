using System.IO.Compression;
using System.Text;
using EtcdSharp.Server.Metrics;
using EtcdSharp.Server.Peer;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Server.Edge.Http;

/// <summary><c>/metrics</c>, compressed for those who ask for it, as Prometheus does.</summary>
internal sealed class MetricsEndpoint
{
    private const string Gzip = "gzip";
    private const string Identity = "identity";
    private const string AnyEncoding = "*";

    private readonly MetricsCollector _metrics;
    private readonly HttpMetrics _own;

    public MetricsEndpoint(MetricsCollector metrics, HttpMetrics own)
    {
        _metrics = metrics;
        _own = own;
        foreach (var result in HttpMetrics.ScrapeResults)
        {
            _own.Scrapes.Add(0, result);
        }
    }

    /// <summary>Every method is answered alike, as Go's handler does.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        _own.ScrapesInFlight.Add(1);
        var text = PrometheusText.Write(_metrics.Scrape());
        _own.ScrapesInFlight.Add(-1);
        _own.Scrapes.Add(1, HttpMetrics.ScrapeResults[0]);
        var body = Encoding.UTF8.GetBytes(text);
        if (PrefersGzip(http.Request))
        {
            http.Response.Headers.ContentEncoding = Gzip;
            body = Compress(body);
        }

        await PlainHttp.WriteAsync(http, PrometheusText.ContentType, body);
    }

    private static byte[] Compress(byte[] text)
    {
        using var compressed = new MemoryStream(text.Length / 8);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(text);
        }

        return compressed.ToArray();
    }

    /// <summary>Compression is chosen where the client weighs it above plain text; equal weights and a star alone mean plain text.</summary>
    private static bool PrefersGzip(HttpRequest request)
    {
        double? gzip = null;
        double? identity = null;
        foreach (var coding in request.GetTypedHeaders().AcceptEncoding)
        {
            var weight = coding.Quality ?? 1;
            var isAny = coding.Value == AnyEncoding;
            if (isAny || coding.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase))
            {
                gzip = Math.Max(gzip ?? 0, weight);
            }

            if (isAny || coding.Value.Equals(Identity, StringComparison.OrdinalIgnoreCase))
            {
                identity = Math.Max(identity ?? 0, weight);
            }
        }

        return gzip > (identity ?? 0);
    }
}
