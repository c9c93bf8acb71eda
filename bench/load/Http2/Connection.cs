using System.Buffers.Binary;
using System.Net.Sockets;

namespace EtcdSharp.Bench.Http2;

/// <summary>
/// One HTTP/2 connection, used by one thread: what was received is worked through as a whole, and what the owner
/// writes meanwhile leaves with one send.
/// </summary>
internal sealed class Connection : IDisposable
{
    /// <summary>The status of a call that was reset instead of ended; gRPC calls this UNAVAILABLE.</summary>
    public const int ResetStatus = 14;

    private const int FrameHeader = 9;
    private const int MaxFrame = 16_384;
    private const int LargestWindow = int.MaxValue;
    private const int DefaultWindow = 65_535;
    private const long AcknowledgeAfter = 1L << 29;
    private const byte EndStream = 0x1;
    private const byte Acknowledged = 0x1;
    private const byte EndHeaders = 0x4;
    private const byte Padded = 0x8;
    private const byte HasPriority = 0x20;

    private readonly Socket _socket;
    private readonly ICallOwner _owner;
    private readonly HeaderBlock _headers;
    private readonly StatusReader _statuses = new();
    private readonly Dictionary<uint, CallStream> _calls = [];
    private readonly Stack<CallStream> _idle = [];
    private readonly Queue<(uint Id, byte[] Bytes, bool End)> _blocked = [];
    private byte[] _in = new byte[256 * 1024];
    private int _inLength;
    private byte[] _out = new byte[64 * 1024];
    private int _outLength;
    private uint _nextId = 1;
    private long _sendWindow = DefaultWindow;
    private long _peerInitialWindow = DefaultWindow;
    private long _unacknowledged;

    public Connection(string host, int port, int index, ICallOwner owner)
    {
        _owner = owner;
        Index = index;
        _headers = new HeaderBlock($"{host}:{port}");
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(host, port);
        _socket.Blocking = false;
        Append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Span<byte> settings = stackalloc byte[18];
        Setting(settings, 1, 0);
        Setting(settings[6..], 2, 0);
        Setting(settings[12..], 4, LargestWindow);
        Frame(FrameType.Settings, 0, 0, settings);
        WindowUpdate(0, LargestWindow - DefaultWindow);
    }

    public int Index { get; }

    public int Handle => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <summary>Whether bytes wait for the socket to take them.</summary>
    public bool HasUnsent => _outLength > 0;

    public long BytesReceived { get; private set; }

    /// <summary>Starts a call. The request (with its five bytes of gRPC frame) is sent when there is one.</summary>
    public CallStream Start(string method, ReadOnlySpan<byte> request, bool streaming)
    {
        var call = _idle.TryPop(out var used) ? used : new CallStream();
        call.Id = _nextId;
        call.Streaming = streaming;
        call.SendWindow = _peerInitialWindow;
        call.Status = StatusReader.None;
        call.BytesReceived = call.Unacknowledged = 0;
        call.PartialLength = 0;
        _nextId += 2;
        _calls.Add(call.Id, call);
        Frame(FrameType.Headers, EndHeaders, call.Id, _headers.For(method));
        if (!request.IsEmpty)
        {
            Send(call, request, end: !streaming);
        }
        return call;
    }

    /// <summary>Sends a further message (with its gRPC frame) on a call.</summary>
    public void Send(CallStream call, ReadOnlySpan<byte> message, bool end)
    {
        if (_blocked.Count == 0 && message.Length <= MaxFrame && message.Length <= Math.Min(_sendWindow, call.SendWindow))
        {
            _sendWindow -= message.Length;
            call.SendWindow -= message.Length;
            Frame(FrameType.Data, end ? EndStream : (byte)0, call.Id, message);
            return;
        }
        _blocked.Enqueue((call.Id, message.ToArray(), end));
        SendBlocked();
    }

    /// <summary>Takes what the socket has and works through it.</summary>
    public void Receive()
    {
        var got = _socket.Receive(_in.AsSpan(_inLength), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }
        if (error != SocketError.Success || got == 0)
        {
            throw new IOException($"the server closed the connection ({error}) with {_calls.Count} calls in flight");
        }
        BytesReceived += got;
        _inLength += got;
        var at = 0;
        while (_inLength - at >= FrameHeader)
        {
            var frame = _in.AsSpan(at);
            var length = (frame[0] << 16) | (frame[1] << 8) | frame[2];
            if (_inLength - at < FrameHeader + length)
            {
                break;
            }
            var stream = BinaryPrimitives.ReadUInt32BigEndian(frame[5..]) & 0x7FFF_FFFF;
            Dispatch((FrameType)frame[3], frame[4], stream, frame.Slice(FrameHeader, length));
            at += FrameHeader + length;
        }
        _in.AsSpan(at, _inLength - at).CopyTo(_in);
        _inLength -= at;
    }

    /// <summary>Hands the socket what it takes; false when some is left.</summary>
    public bool Flush()
    {
        var sent = 0;
        while (sent < _outLength)
        {
            var count = _socket.Send(_out.AsSpan(sent, _outLength - sent), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                break;
            }
            if (error != SocketError.Success)
            {
                throw new IOException($"the server closed the connection ({error})");
            }
            sent += count;
        }
        _out.AsSpan(sent, _outLength - sent).CopyTo(_out);
        _outLength -= sent;
        return _outLength == 0;
    }

    public void Dispose() => _socket.Dispose();

    private void Dispatch(FrameType type, byte flags, uint stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Data:
                OnData(stream, flags, payload);
                break;
            case FrameType.Headers:
                OnHeaders(stream, flags, payload);
                break;
            case FrameType.Reset:
                if (_calls.TryGetValue(stream, out var reset))
                {
                    reset.Status = ResetStatus;
                    End(reset);
                }
                break;
            case FrameType.Settings when (flags & Acknowledged) == 0:
                OnSettings(payload);
                break;
            case FrameType.Ping when (flags & Acknowledged) == 0:
                Frame(FrameType.Ping, Acknowledged, 0, payload);
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdate(stream, BinaryPrimitives.ReadInt32BigEndian(payload));
                break;
            case FrameType.GoAway:
                throw new IOException(
                    $"the server ends connection {Index} after stream {BinaryPrimitives.ReadUInt32BigEndian(payload)} with error "
                        + $"{BinaryPrimitives.ReadUInt32BigEndian(payload[4..])}; {_calls.Count} calls are in flight, the next stream would be {_nextId}"
                );
            case FrameType.Continuation:
                throw new InvalidDataException("headers in more than one frame, which no etcd sends");
        }
    }

    private void OnData(uint stream, byte flags, ReadOnlySpan<byte> payload)
    {
        _unacknowledged += payload.Length;
        if (_unacknowledged > AcknowledgeAfter)
        {
            WindowUpdate(0, (int)_unacknowledged);
            _unacknowledged = 0;
        }
        if (!_calls.TryGetValue(stream, out var call))
        {
            return;
        }
        call.Unacknowledged += payload.Length;
        if (call.Unacknowledged > AcknowledgeAfter)
        {
            WindowUpdate(stream, (int)call.Unacknowledged);
            call.Unacknowledged = 0;
        }
        payload = WithoutPadding(flags, payload);
        call.BytesReceived += payload.Length;
        if (call.Streaming)
        {
            Deliver(call, payload);
        }
        if ((flags & EndStream) != 0)
        {
            End(call);
        }
    }

    private void OnHeaders(uint stream, byte flags, ReadOnlySpan<byte> payload)
    {
        if ((flags & EndHeaders) == 0)
        {
            throw new InvalidDataException("headers in more than one frame, which no etcd sends");
        }
        if (!_calls.TryGetValue(stream, out var call))
        {
            return;
        }
        if ((flags & EndStream) != 0)
        {
            payload = WithoutPadding(flags, payload);
            call.Status = _statuses.Read((flags & HasPriority) != 0 ? payload[5..] : payload);
            End(call);
        }
    }

    /// <summary>Cuts the bytes into messages and hands them over.</summary>
    private void Deliver(CallStream call, ReadOnlySpan<byte> payload)
    {
        const int Prefix = 5;
        if (call.PartialLength > 0)
        {
            AppendPartial(call, payload);
            payload = call.Partial.AsSpan(0, call.PartialLength);
        }
        while (payload.Length >= Prefix)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(payload[1..]);
            if (payload.Length < Prefix + length)
            {
                break;
            }
            _owner.OnMessage(this, call, payload.Slice(Prefix, length));
            payload = payload[(Prefix + length)..];
        }
        var rest = payload.ToArray();
        call.PartialLength = 0;
        if (rest.Length > 0)
        {
            AppendPartial(call, rest);
        }
    }

    private static void AppendPartial(CallStream call, ReadOnlySpan<byte> bytes)
    {
        if (call.Partial.Length < call.PartialLength + bytes.Length)
        {
            var larger = new byte[Math.Max(call.Partial.Length * 2, call.PartialLength + bytes.Length)];
            call.Partial.AsSpan(0, call.PartialLength).CopyTo(larger);
            call.Partial = larger;
        }
        bytes.CopyTo(call.Partial.AsSpan(call.PartialLength));
        call.PartialLength += bytes.Length;
    }

    private void End(CallStream call)
    {
        _calls.Remove(call.Id);
        _owner.OnEnd(this, call);
        _idle.Push(call);
    }

    private void OnSettings(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 6; payload = payload[6..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case 1 when value < 4096:
                    throw new InvalidDataException($"the server keeps a header table of {value} bytes only");
                case 4:
                    foreach (var call in _calls.Values)
                    {
                        call.SendWindow += value - _peerInitialWindow;
                    }
                    _peerInitialWindow = value;
                    break;
            }
        }
        Frame(FrameType.Settings, Acknowledged, 0, []);
        SendBlocked();
    }

    private void OnWindowUpdate(uint stream, int increment)
    {
        if (stream == 0)
        {
            _sendWindow += increment;
        }
        else if (_calls.TryGetValue(stream, out var call))
        {
            call.SendWindow += increment;
        }
        SendBlocked();
    }

    /// <summary>Sends what waits for a window, in the order in which it came.</summary>
    private void SendBlocked()
    {
        while (_blocked.TryPeek(out var first))
        {
            var (id, bytes, end) = first;
            if (!_calls.TryGetValue(id, out var call))
            {
                // The call ended before the peer made room for its request.
                _blocked.Dequeue();
                continue;
            }
            var room = (int)Math.Min(Math.Min(_sendWindow, call.SendWindow), MaxFrame);
            if (room <= 0)
            {
                return;
            }
            var part = Math.Min(room, bytes.Length);
            _blocked.Dequeue();
            _sendWindow -= part;
            call.SendWindow -= part;
            var last = part == bytes.Length;
            Frame(FrameType.Data, end && last ? EndStream : (byte)0, id, bytes.AsSpan(0, part));
            if (!last)
            {
                RequeueFirst((id, bytes[part..], end));
            }
        }
    }

    private void RequeueFirst((uint Id, byte[] Bytes, bool End) rest)
    {
        var others = _blocked.ToArray();
        _blocked.Clear();
        _blocked.Enqueue(rest);
        foreach (var other in others)
        {
            _blocked.Enqueue(other);
        }
    }

    private static ReadOnlySpan<byte> WithoutPadding(byte flags, ReadOnlySpan<byte> payload) =>
        (flags & Padded) == 0 ? payload : payload[1..^payload[0]];

    private void WindowUpdate(uint stream, int increment)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
        Frame(FrameType.WindowUpdate, 0, stream, payload);
    }

    private static void Setting(Span<byte> to, ushort name, uint value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, name);
        BinaryPrimitives.WriteUInt32BigEndian(to[2..], value);
    }

    private void Frame(FrameType type, byte flags, uint stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[FrameHeader];
        BinaryPrimitives.WriteUInt32BigEndian(header, ((uint)payload.Length << 8) | (byte)type);
        header[4] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(header[5..], stream);
        Append(header);
        Append(payload);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_outLength + bytes.Length > _out.Length)
        {
            Array.Resize(ref _out, Math.Max(_out.Length * 2, _outLength + bytes.Length));
        }
        bytes.CopyTo(_out.AsSpan(_outLength));
        _outLength += bytes.Length;
    }
}
