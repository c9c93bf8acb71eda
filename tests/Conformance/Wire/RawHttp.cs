using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Conformance.Wire;

/// <summary>One HTTP/1 request as it is written, and the bytes that come back.</summary>
internal sealed record RawHttp(
    string Status,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Body,
    int FirstReceiveBytes,
    int Bytes
)
{
    private const int ReceiveBytesMax = 1 << 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Sends the lines of a request's head and reads until the server closes the connection.</summary>
    /// <param name="address">Whom to ask.</param>
    /// <param name="requestLine">As <c>GET /health HTTP/1.1</c>.</param>
    /// <param name="headers">Lines beside Host and <c>Connection: close</c>.</param>
    /// <param name="closeSending">Closes the sending side right behind the request.</param>
    public static async Task<RawHttp> AskAsync(
        Uri address,
        string requestLine,
        IEnumerable<string>? headers = null,
        bool closeSending = false
    )
    {
        using var limit = new CancellationTokenSource(s_limit);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, limit.Token);
        string[] lines = [requestLine, $"Host: {address.Authority}", "Connection: close", .. headers ?? []];
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"), limit.Token);
        if (closeSending)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        using var received = new MemoryStream();
        var buffer = new byte[ReceiveBytesMax];
        var first = 0;
        while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var got)
        {
            first = first == 0 ? got : first;
            received.Write(buffer, 0, got);
        }

        return Parse(received.ToArray(), first);
    }

    private static RawHttp Parse(byte[] answer, int first)
    {
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end >= 0, $"no answer but {answer.Length} bytes: {Encoding.UTF8.GetString(answer)}");
        var head = Encoding.UTF8.GetString(answer, 0, end).Split("\r\n");
        var headers = head.Skip(1)
            .Select(static line => line.Split(": ", 2))
            .ToDictionary(static pair => pair[0].ToUpperInvariant(), static pair => pair[1], StringComparer.Ordinal);
        var body = answer[(end + 4)..];
        var chunked = headers.GetValueOrDefault("TRANSFER-ENCODING") == "chunked";
        return new RawHttp(head[0], headers, chunked ? Unchunk(body) : body, first, answer.Length);
    }

    private static byte[] Unchunk(byte[] chunks)
    {
        using var body = new MemoryStream();
        var rest = chunks.AsSpan();
        while (true)
        {
            var line = rest.IndexOf("\r\n"u8);
            var length = Convert.ToInt32(Encoding.ASCII.GetString(rest[..line]), 16);
            if (length == 0)
            {
                return body.ToArray();
            }

            body.Write(rest.Slice(line + 2, length));
            rest = rest[(line + 2 + length + 2)..];
        }
    }
}
