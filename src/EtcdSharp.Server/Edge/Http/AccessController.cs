using EtcdSharp.Server.Peer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Edge.Http;

/// <summary>
/// What every HTTP request of a client passes first: the names under which the member may be addressed (against DNS rebinding), and
/// which origins a browser may ask from (CORS). An empty list and <c>*</c> allow all.
/// </summary>
internal sealed partial class AccessController(
    IReadOnlyList<string> origins,
    IReadOnlyList<string> hosts,
    RequestDelegate next,
    ILogger<AccessController> logger
)
{
    private const string Any = "*";
    private const string OldGatewayPrefix = "/v3beta/";

    private readonly HashSet<string> _origins = new(origins, StringComparer.Ordinal);
    private readonly HashSet<string> _hosts = new(hosts, StringComparer.Ordinal);

    public Task ServeAsync(HttpContext http)
    {
        if (http.Request.Path.Value is { } path && path.StartsWith(OldGatewayPrefix, StringComparison.Ordinal))
        {
            http.Request.Path = "/v3/" + path[OldGatewayPrefix.Length..];
        }

        var host = http.Request.Host.Host;
        if (!http.Request.IsHttps && !Allows(_hosts, host))
        {
            LogHostRefused(host);
            return PlainHttp.ErrorAsync(http, StatusCodes.Status421MisdirectedRequest, HostRefusal(host));
        }

        if (Allows(_origins, Any))
        {
            AllowOrigin(http, Any);
        }
        else if (http.Request.Headers.Origin.ToString() is var origin && Allows(_origins, origin))
        {
            AllowOrigin(http, origin);
        }

        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.ContentLength = 0;
            return Task.CompletedTask;
        }

        return next(http);
    }

    private static bool Allows(HashSet<string> allowed, string name) =>
        allowed.Count == 0 || allowed.Contains(Any) || allowed.Contains(name);

    private static void AllowOrigin(HttpContext http, string origin)
    {
        http.Response.Headers.AccessControlAllowMethods = "POST, GET, OPTIONS, PUT, DELETE";
        http.Response.Headers.AccessControlAllowOrigin = origin;
        http.Response.Headers.AccessControlAllowHeaders = "accept, content-type, authorization";
    }

    private static string HostRefusal(string host) =>
        $"""

            etcd received your request, but the Host header was unrecognized.

            To fix this, choose one of the following options:
            - Enable TLS, then any HTTPS request will be allowed.
            - Add the hostname you want to use to the whitelist in settings.
              - e.g. etcd --host-whitelist "{host}"

            This requirement has been added to help prevent "DNS Rebinding" attacks (CVE-2018-5702).

            """;

    [LoggerMessage(LogLevel.Warning, "rejecting HTTP request to prevent DNS rebinding attacks")]
    private partial void LogHostRefused(string host);
}
