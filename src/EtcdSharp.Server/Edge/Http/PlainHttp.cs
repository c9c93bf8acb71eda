using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Server.Edge.Http;

/// <summary>Answers in the form of Go's HTTP server, which users' probes and scripts compare with.</summary>
internal static class PlainHttp
{
    /// <summary>Refuses other methods than the one given; false when it has answered so.</summary>
    public static async ValueTask<bool> OnlyAsync(HttpContext http, string method)
    {
        if (http.Request.Method == method)
        {
            return true;
        }

        http.Response.Headers.Allow = method;
        await ErrorAsync(http, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
        return false;
    }

    public static Task ErrorAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(text + "\n");
    }
}
