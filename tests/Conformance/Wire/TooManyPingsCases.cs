using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Conformance.Wire;

/// <summary>A client that pings too often is told so, in the words that gRPC clients know, and cut off.</summary>
public sealed class TooManyPingsCases(Servers servers)
{
    private const byte GoAway = 7;
    private const int EnhanceYourCalm = 11;
    private const int FrameHeader = 9;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray();
    private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, .. "12345678"u8];

    [Theory, OnEach]
    public async Task TheFourthInARowEndsTheConnection(ServerKind kind)
    {
        var server = await servers.Shared(kind);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);

        // The first is free and two more are borne.
        await socket.SendAsync((byte[])[.. Preface, .. Ping, .. Ping, .. Ping, .. Ping]);
        var payload = Assert.Single(await GoAways(socket), frame => ErrorOf(frame) != 0);
        Assert.Equal(EnhanceYourCalm, ErrorOf(payload));
        Assert.Equal("too_many_pings", Encoding.ASCII.GetString(payload.AsSpan(2 * sizeof(int))));
    }

    private static int ErrorOf(byte[] goAway) => BinaryPrimitives.ReadInt32BigEndian(goAway.AsSpan(sizeof(int)));

    /// <summary>The GOAWAY frames until the server closes the connection, which it must.</summary>
    private static async Task<List<byte[]>> GoAways(Socket socket)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var all = new MemoryStream();
        await using var stream = new NetworkStream(socket);
        try
        {
            await stream.CopyToAsync(all, limit.Token);
        }
        catch (IOException reset)
        {
            // A reset is a way of closing, too; what came before it has been read.
            _ = reset;
        }
        var bytes = all.ToArray();
        List<byte[]> frames = [];
        for (var at = 0; at + FrameHeader <= bytes.Length; )
        {
            var length = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
            if (bytes[at + 3] == GoAway)
            {
                frames.Add(bytes[(at + FrameHeader)..(at + FrameHeader + length)]);
            }
            at += FrameHeader + length;
        }
        return frames;
    }
}
