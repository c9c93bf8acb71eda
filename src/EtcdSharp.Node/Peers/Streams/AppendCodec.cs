using System.Buffers;
using System.Buffers.Binary;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Node.Peers.Streams;

/// <summary>
/// The append stream (etcd calls it msgappv2): after one whole append message, those that go on where the last one
/// ended in the same term send their entries and the commit index alone. Both sides remember term and index.
/// </summary>
internal sealed class AppendCodec(ulong from, ulong to) : IPeerCodec
{
    private const byte HeartbeatKind = 0;
    private const byte EntriesKind = 1;
    private const byte MessageKind = 2;

    /// <summary>More entries than any append has: 1 MiB of entries of which each takes some bytes.</summary>
    private const int EntriesMax = 1024 * 1024;

    /// <summary>So many have room from the start; for more, room is made as they come.</summary>
    private const int EntriesFirst = 4096;

    private ulong _term;
    private ulong _index;

    public int Encode(Message message, IBufferWriter<byte> destination)
    {
        if (MessageCodec.IsLinkHeartbeat(message))
        {
            destination.GetSpan(1)[0] = HeartbeatKind;
            destination.Advance(1);
            return 1;
        }

        return message.Index == _index && message.LogTerm == _term && message.LogTerm == message.Term
            ? EncodeEntries(message, destination)
            : EncodeMessage(message, destination);
    }

    /// <exception cref="InvalidDataException">What comes is not of this format.</exception>
    public async ValueTask<Message> DecodeAsync(PeerFrameReader reader)
    {
        var kind = await reader.ReadByteAsync().ConfigureAwait(false);
        switch (kind)
        {
            case HeartbeatKind:
                return MessageCodec.LinkHeartbeat;
            case EntriesKind:
                return await DecodeEntriesAsync(reader).ConfigureAwait(false);
            case MessageKind:
                var message = await MessageCodec.ReadAsync(reader, PeerProtocol.MessageBytesMax).ConfigureAwait(false);
                Remember(message);
                return message;
            default:
                throw new InvalidDataException($"an append stream has a frame of unknown kind {kind}");
        }
    }

    private int EncodeEntries(Message message, IBufferWriter<byte> destination)
    {
        var head = destination.GetSpan(1 + sizeof(ulong));
        head[0] = EntriesKind;
        BinaryPrimitives.WriteUInt64BigEndian(head[1..], (ulong)message.Entries.Length);
        destination.Advance(1 + sizeof(ulong));
        var written = 1 + sizeof(ulong);
        foreach (ref readonly var entry in message.Entries.Span)
        {
            var size = RaftWire.SizeOf(entry);
            var span = destination.GetSpan(sizeof(ulong) + size)[..(sizeof(ulong) + size)];
            BinaryPrimitives.WriteUInt64BigEndian(span, (ulong)size);
            RaftWire.Encode(entry, span[sizeof(ulong)..]);
            destination.Advance(span.Length);
            written += span.Length;
            _index++;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination.GetSpan(sizeof(ulong)), message.Commit);
        destination.Advance(sizeof(ulong));
        return written + sizeof(ulong);
    }

    private int EncodeMessage(Message message, IBufferWriter<byte> destination)
    {
        var size = RaftWire.SizeOf(message);
        var span = destination.GetSpan(1 + sizeof(ulong) + size)[..(1 + sizeof(ulong) + size)];
        span[0] = MessageKind;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], (ulong)size);
        RaftWire.Encode(message, span[(1 + sizeof(ulong))..]);
        destination.Advance(span.Length);
        Remember(message);
        return span.Length;
    }

    private async ValueTask<Message> DecodeEntriesAsync(PeerFrameReader reader)
    {
        var count = await reader.ReadNumberAsync().ConfigureAwait(false);
        if (count > EntriesMax)
        {
            throw new InvalidDataException($"an append of {count} entries was announced, at most {EntriesMax} are taken");
        }

        var before = _index;
        var entries = count == 0 ? [] : new Entry[Math.Min((int)count, EntriesFirst)];
        for (var i = 0; i < (int)count; i++)
        {
            var size = await reader.ReadNumberAsync().ConfigureAwait(false);
            if (size > PeerProtocol.MessageBytesMax)
            {
                throw new InvalidDataException($"an entry of {size} bytes was announced");
            }

            if (i == entries.Length)
            {
                Array.Resize(ref entries, Math.Min((int)count, i * 2));
            }

            var bytes = await reader.ReadPieceAsync((int)size).ConfigureAwait(false);
            if (!RaftWire.TryDecode(bytes, out entries[i]))
            {
                throw new InvalidDataException("an entry of another member cannot be read");
            }

            _index++;
        }

        return new Message
        {
            Type = MessageType.MsgApp,
            From = from,
            To = to,
            Term = _term,
            LogTerm = _term,
            Index = before,
            Entries = entries,
            Commit = await reader.ReadNumberAsync().ConfigureAwait(false),
        };
    }

    private void Remember(Message message)
    {
        _term = message.Term;
        _index = message.Entries.IsEmpty ? message.Index : message.Entries.Span[^1].Index;
    }
}
