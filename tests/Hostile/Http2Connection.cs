using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Hostile;

/// <summary>
/// An HTTP/2 client of blocking calls that says exactly what it is told to, frame by frame. It takes no thread of the pool,
/// so what it measures is the server and not the other clients of this process.
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private const int HeaderLength = 9;

    /// <summary>What every receiver must take (RFC 9113, 4.2).</summary>
    private const int PayloadMax = 16 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _header = new byte[HeaderLength];
    private int _settingsSent;
    private int _acknowledged;

    public Http2Connection(Uri address, TimeSpan patience)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)patience.TotalMilliseconds,
            SendTimeout = (int)patience.TotalMilliseconds,
        };
        try
        {
            _socket.Connect(address.Host, address.Port);
            Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
            Send(Http2Frame.Settings, 0, 0, []);

            // The window of the connection is opened as wide as it goes, so the answers never wait for another of these.
            Span<byte> increment = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(increment, int.MaxValue - 65_535);
            Send(Http2Frame.WindowUpdate, 0, 0, increment);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The headers of a gRPC call, as many CONTINUATION frames as they need.</summary>
    public void SendCall(int stream, string path, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        List<byte> block = [0x83, 0x86];
        Literal(block, ":path", path);
        Literal(block, ":authority", "localhost");
        Literal(block, "content-type", "application/grpc");
        Literal(block, "te", "trailers");
        foreach (var (name, value) in metadata)
        {
            Literal(block, name, value);
        }

        var bytes = block.ToArray();
        for (var start = 0; start == 0 || start < bytes.Length; start += PayloadMax)
        {
            var length = Math.Min(PayloadMax, bytes.Length - start);
            var flags = start + length == bytes.Length ? EndHeaders : (byte)0;
            Send(start == 0 ? Http2Frame.Headers : Http2Frame.Continuation, flags, stream, bytes.AsSpan(start, length));
        }
    }

    /// <summary>Small enough for the windows that a server opens with.</summary>
    public void SendData(int stream, ReadOnlySpan<byte> data, bool end) =>
        Send(Http2Frame.Data, end ? EndStream : (byte)0, stream, data);

    /// <summary>Gives a call up (CANCEL).</summary>
    public void Reset(int stream) => Send(Http2Frame.RstStream, 0, stream, [0, 0, 0, 8]);

    public void Send(Http2Frame type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        _settingsSent += type == Http2Frame.Settings && (flags & EndStream) == 0 ? 1 : 0;
        var frame = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeaderLength));
        Send(frame);
    }

    /// <summary>
    /// Sends settings and waits until they are acknowledged, which happens when everything before them has been read. The
    /// frames that come meanwhile are dropped.
    /// </summary>
    public void Settle()
    {
        Send(Http2Frame.Settings, 0, 0, []);
        while (Receive() is { } frame)
        {
            if (frame.Type == Http2Frame.Settings && _acknowledged == _settingsSent)
            {
                return;
            }
        }

        throw new IOException("the connection was closed");
    }

    /// <summary>The next frame; null where the server has closed the connection in order.</summary>
    /// <exception cref="SocketException">The connection broke, or nothing came for too long.</exception>
    public (Http2Frame Type, byte Flags, int Stream, byte[] Payload)? Receive()
    {
        if (!TryFill(_header))
        {
            return null;
        }

        var payload = new byte[(_header[0] << 16) | (_header[1] << 8) | _header[2]];
        if (!TryFill(payload))
        {
            return null;
        }

        var (type, flags) = ((Http2Frame)_header[3], _header[4]);
        _acknowledged += type == Http2Frame.Settings ? flags & EndStream : 0;
        if (type is Http2Frame.Settings or Http2Frame.Ping && (flags & EndStream) == 0)
        {
            // Both want to be acknowledged; the flag has the number of END_STREAM.
            Send(type, EndStream, 0, type == Http2Frame.Ping ? payload : []);
        }

        return (type, flags, BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(5)), payload);
    }

    public void Dispose() => _socket.Dispose();

    private static void Literal(List<byte> block, string name, string value)
    {
        block.Add(0);
        Text(block, name);
        Text(block, value);
    }

    /// <summary>A length with a prefix of seven bits (RFC 7541, 5.1), and the letters as they are.</summary>
    private static void Text(List<byte> block, string text)
    {
        if (text.Length < 127)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            block.Add(127);
            var rest = text.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                block.Add((byte)((rest & 127) | 128));
            }

            block.Add((byte)rest);
        }

        block.AddRange(Encoding.ASCII.GetBytes(text));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private bool TryFill(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var received = _socket.Receive(bytes);
            if (received == 0)
            {
                return false;
            }

            bytes = bytes[received..];
        }

        return true;
    }
}
