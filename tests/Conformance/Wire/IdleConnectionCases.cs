using System.Net.Sockets;

namespace EtcdSharp.Conformance.Wire;

/// <summary>A client may be silent for as long as it likes: watched on the bare connection, because clients hide a loss and connect again.</summary>
public sealed class IdleConnectionCases(Servers servers)
{
    private const int Connections = 50;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const int FrameHeader = 9;

    // Longer than the rounds in which servers look for what has timed out.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    [Theory, OnEach]
    public async Task ASilentConnectionIsNotClosed(ServerKind kind)
    {
        var server = await servers.Shared(kind);
        var ended = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => FramesOfASilentConnection(server.Address)));
        Assert.All(ended, frames => Assert.Contains(Settings, frames));
        Assert.All(ended, frames => Assert.DoesNotContain(GoAway, frames));
    }

    /// <summary>The types of the frames that come without being asked for.</summary>
    private static async Task<List<byte>> FramesOfASilentConnection(Uri address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
        var bytes = new byte[4096];
        var length = 0;
        using var limit = new CancellationTokenSource(Silence);
        try
        {
            while (await socket.ReceiveAsync(bytes.AsMemory(length), limit.Token) is > 0 and var got)
            {
                length += got;
            }
            Assert.Fail("the server closed a silent connection");
        }
        catch (OperationCanceledException)
        {
            // The silence is over and the connection still there.
        }
        List<byte> types = [];
        for (
            var at = 0;
            at + FrameHeader <= length;
            at += FrameHeader + ((bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2])
        )
        {
            types.Add(bytes[at + 3]);
        }
        return types;
    }
}
