using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Grpc.Tests.Support;

/// <summary>A client that says exactly what it is told to, frame by frame.</summary>
internal sealed class RawHttp2 : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;

    private readonly TcpClient client = new();
    private NetworkStream stream = null!;

    public static async Task<RawHttp2> ConnectAsync(int port, bool preface = true)
    {
        RawHttp2 raw = new();
        await raw.client.ConnectAsync(IPAddress.Loopback, port);
        raw.stream = raw.client.GetStream();
        if (preface)
        {
            await raw.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            await raw.FrameAsync(Settings, 0, 0, []);
        }

        return raw;
    }

    public async Task WriteAsync(byte[] bytes) => await stream.WriteAsync(bytes);

    public Task FrameAsync(byte type, byte flags, int streamId, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        return WriteAsync(frame);
    }

    /// <summary>Opens a call and leaves its request open.</summary>
    public Task OpenCallAsync(int streamId, string path, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        List<byte> block = [0x83, 0x86];
        Literal(block, ":path", path);
        Literal(block, ":authority", "localhost");
        Literal(block, "content-type", "application/grpc");
        Literal(block, "te", "trailers");
        foreach ((string name, string value) in headers)
        {
            Literal(block, name, value);
        }

        return FrameAsync(Headers, 4, streamId, [.. block]);
    }

    public void Shutdown() => client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The next frame; null where the server has closed the connection.</summary>
    public async Task<(byte Type, byte Flags, byte[] Payload)?> ReadAsync()
    {
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(10));
        byte[] header = new byte[9];
        try
        {
            int read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, timeout.Token);
            if (read < header.Length)
            {
                return null;
            }

            byte[] payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await stream.ReadExactlyAsync(payload, timeout.Token);
            return (header[3], header[4], payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whatever comes until the server closes; fails where it does not.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(10));
        using MemoryStream all = new();
        try
        {
            await stream.CopyToAsync(all, timeout.Token);
        }
        catch (IOException)
        {
            // A reset is a way of closing, too.
        }

        return all.ToArray();
    }

    public void Dispose() => client.Dispose();

    private static void Literal(List<byte> block, string name, string value)
    {
        block.Add(0);
        block.Add((byte)name.Length);
        block.AddRange(Encoding.ASCII.GetBytes(name));
        block.Add((byte)value.Length);
        block.AddRange(Encoding.ASCII.GetBytes(value));
    }
}
