using System.Text;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Server.Peer;

/// <summary>Answers in the form of Go's HTTP server, which users' probes and scripts compare with.</summary>
internal static class PlainHttp
{
    public const string PlainText = "text/plain; charset=utf-8";

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

    public static Task NotFoundAsync(HttpContext http) => ErrorAsync(http, StatusCodes.Status404NotFound, "404 page not found");

    public static Task ErrorAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(http, PlainText, text + "\n");
    }

    public static Task WriteAsync(HttpContext http, string contentType, string text) =>
        WriteAsync(http, contentType, Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// The whole answer with its length. Headers and body leave in one write, so that a client which gives up once it has read the
    /// headers holds the body already.
    /// </summary>
    public static Task WriteAsync(HttpContext http, string contentType, ReadOnlyMemory<byte> body)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;

        // Not bound to the request: what is small enough to be built whole is sent whole.
        return http.Response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }
}
