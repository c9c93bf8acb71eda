using System.Buffers;
using System.Buffers.Binary;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Node.Peers.Streams;

/// <summary>The message stream: each message behind its length in eight bytes, big-endian.</summary>
internal sealed class MessageCodec : IPeerCodec
{
    /// <summary>What an idle stream carries: a heartbeat from nobody to nobody, which raft never sends.</summary>
    public static readonly Message LinkHeartbeat = new() { Type = MessageType.MsgHeartbeat };

    public static bool IsLinkHeartbeat(Message message) => message is { Type: MessageType.MsgHeartbeat, From: 0, To: 0 };

    public int Encode(Message message, IBufferWriter<byte> destination)
    {
        var size = RaftWire.SizeOf(message);
        var span = destination.GetSpan(sizeof(ulong) + size)[..(sizeof(ulong) + size)];
        BinaryPrimitives.WriteUInt64BigEndian(span, (ulong)size);
        RaftWire.Encode(message, span[sizeof(ulong)..]);
        destination.Advance(span.Length);
        return span.Length;
    }

    public ValueTask<Message> DecodeAsync(PeerFrameReader reader) => ReadAsync(reader, PeerProtocol.MessageBytesMax);

    /// <exception cref="InvalidDataException">What comes is no message.</exception>
    public static async ValueTask<Message> ReadAsync(PeerFrameReader reader, int bytesMax)
    {
        var size = await reader.ReadNumberAsync().ConfigureAwait(false);
        if (size > (ulong)bytesMax)
        {
            throw new InvalidDataException($"a message of {size} bytes was announced, at most {bytesMax} are taken");
        }

        var bytes = await reader.ReadPieceAsync((int)size).ConfigureAwait(false);
        return RaftWire.TryDecode(bytes, out Message? message)
            ? message
            : throw new InvalidDataException("a message of another member cannot be read");
    }
}
