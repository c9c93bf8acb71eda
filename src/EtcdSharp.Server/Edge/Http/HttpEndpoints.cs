using System.Net;
using System.Text.Json;
using EtcdSharp.Server.Peer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Server.Edge.Http;

/// <summary>Everything that is served over plain HTTP: health, version and metrics. Other paths are 404.</summary>
internal sealed class HttpEndpoints(IMemberState member, HealthEndpoints health, MetricsEndpoint metrics)
{
    private const string NoJson =
        """{"code":12, "message":"JSON over HTTP is not built into this version of EtcdSharp; use gRPC, or etcdctl"}""";

    private const string NoVersion2 =
        "404 page not found: API version 2 is not built into this version of EtcdSharp, and etcd has dropped it; use API version 3";

    /// <summary>What clients are served at their URLs.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        if (await RedirectedAsync(http))
        {
            return;
        }

        var path = http.Request.Path.Value ?? "";
        if (path == "/version")
        {
            await ServeVersionAsync(http);
        }
        else if (path.StartsWith("/v3/", StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status501NotImplemented;
            await PlainHttp.WriteAsync(http, "application/json", NoJson);
        }
        else if (path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            await PlainHttp.ErrorAsync(http, StatusCodes.Status404NotFound, NoVersion2);
        }
        else
        {
            await ServeCommonAsync(http, path);
        }
    }

    /// <summary>Metrics and health alone, for addresses that only the monitoring reaches.</summary>
    public async Task ServeMonitoringAsync(HttpContext http)
    {
        if (!await RedirectedAsync(http))
        {
            await ServeCommonAsync(http, http.Request.Path.Value ?? "");
        }
    }

    private async Task ServeCommonAsync(HttpContext http, string path)
    {
        if (path == "/metrics")
        {
            await metrics.ServeAsync(http);
        }
        else if (!await health.TryServeAsync(http, path))
        {
            await PlainHttp.NotFoundAsync(http);
        }
    }

    /// <summary>
    /// A path with empty segments, or with dots for its own or the parent's folder, is answered with where it leads to, as Go's
    /// router does.
    /// </summary>
    private static async ValueTask<bool> RedirectedAsync(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var asked = target.Split('?', 2)[0];
        if (!asked.StartsWith('/') || CleanPath.Of(asked) is var clean && clean == asked)
        {
            return false;
        }

        http.Response.StatusCode = StatusCodes.Status301MovedPermanently;
        http.Response.Headers.Location = clean + http.Request.QueryString.Value;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            var link = WebUtility.HtmlEncode(http.Response.Headers.Location.ToString());
            await PlainHttp.WriteAsync(http, "text/html; charset=utf-8", $"<a href=\"{link}\">Moved Permanently</a>.\n\n");
        }
        else if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.ContentType = "text/html; charset=utf-8";
        }
        else
        {
            http.Response.ContentLength = 0;
        }

        return true;
    }

    private async Task ServeVersionAsync(HttpContext http)
    {
        if (await PlainHttp.OnlyAsync(http, HttpMethods.Get))
        {
            var cluster = JsonEncodedText.Encode(member.ClusterVersion ?? "not_decided");
            var storage = JsonEncodedText.Encode(member.StorageVersion ?? "unknown");
            var body = $"{{\"etcdserver\":\"{member.ServerVersion}\",\"etcdcluster\":\"{cluster}\",\"storage\":\"{storage}\"}}";
            await PlainHttp.WriteAsync(http, "application/json", body);
        }
    }
}
