using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Raft.Wire;

public static partial class RaftWire
{
    public static int SizeOf(Message message)
    {
        var size =
            ProtoWriter.SizeOfField(1, (long)message.Type)
            + ProtoWriter.SizeOfField(2, message.To)
            + ProtoWriter.SizeOfField(3, message.From)
            + ProtoWriter.SizeOfField(4, message.Term)
            + ProtoWriter.SizeOfField(5, message.LogTerm)
            + ProtoWriter.SizeOfField(6, message.Index)
            + ProtoWriter.SizeOfField(8, message.Commit)
            + ProtoWriter.SizeOfField(10, 1UL)
            + ProtoWriter.SizeOfField(11, message.RejectHint);
        foreach (ref readonly var entry in message.Entries.Span)
        {
            size += ProtoWriter.SizeOfBytesField(7, SizeOf(entry));
        }

        if (message.Snapshot is { } snapshot)
        {
            size += ProtoWriter.SizeOfBytesField(9, SizeOf(snapshot));
        }

        if (!message.Context.IsEmpty)
        {
            size += ProtoWriter.SizeOfBytesField(12, message.Context.Length);
        }

        return message.Vote == 0 ? size : size + ProtoWriter.SizeOfField(13, message.Vote);
    }

    public static int Encode(Message message, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteField(1, (long)message.Type);
        writer.WriteField(2, message.To);
        writer.WriteField(3, message.From);
        writer.WriteField(4, message.Term);
        writer.WriteField(5, message.LogTerm);
        writer.WriteField(6, message.Index);
        var position = writer.Position + EncodeEntries(message.Entries.Span, writer.Remaining);

        writer = new ProtoWriter(destination[position..]);
        writer.WriteField(8, message.Commit);
        if (message.Snapshot is { } snapshot)
        {
            var snapshotSize = SizeOf(snapshot);
            writer.WriteBytesHeader(9, snapshotSize);
            position += writer.Position + Encode(snapshot, writer.Remaining[..snapshotSize]);
            writer = new ProtoWriter(destination[position..]);
        }

        writer.WriteField(10, message.Reject);
        writer.WriteField(11, message.RejectHint);
        if (!message.Context.IsEmpty)
        {
            writer.WriteBytesField(12, message.Context.Span);
        }

        if (message.Vote != 0)
        {
            writer.WriteField(13, message.Vote);
        }

        return position + writer.Position;
    }

    /// <summary>
    /// Entries' data, snapshot and context are windows on the source. An empty snapshot is read as none, and responses,
    /// which have no business on the network, are skipped.
    /// </summary>
    public static bool TryDecode(ReadOnlyMemory<byte> source, [NotNullWhen(true)] out Message? message)
    {
        message = null;
        if (!TryCountEntries(source.Span, out var entryCount))
        {
            return false;
        }

        var entries = entryCount == 0 ? [] : new Entry[entryCount];
        var fields = default(MessageFields);
        var reader = new ProtoReader(source.Span);
        for (var read = 0; reader.NextField(); )
        {
            if (reader.Field == 7)
            {
                if (!TrySlice(ref reader, source, out var body) || !TryDecode(body, out entries[read++]))
                {
                    return false;
                }
            }
            else if (!fields.TryRead(ref reader, source))
            {
                return false;
            }
        }

        if (reader.Failed || fields.Type > (ulong)MessageType.MsgForgetLeader)
        {
            return false;
        }

        message = fields.ToMessage(entries);
        return true;
    }

    private static int EncodeEntries(ReadOnlySpan<Entry> entries, Span<byte> destination)
    {
        var position = 0;
        foreach (ref readonly var entry in entries)
        {
            var size = SizeOf(entry);
            var writer = new ProtoWriter(destination[position..]);
            writer.WriteBytesHeader(7, size);
            position += writer.Position + Encode(entry, writer.Remaining[..size]);
        }

        return position;
    }

    private static bool TryCountEntries(ReadOnlySpan<byte> source, out int count)
    {
        count = 0;
        var reader = new ProtoReader(source);
        while (reader.NextField())
        {
            count += reader.Field == 7 ? 1 : 0;
            reader.Skip();
        }

        return !reader.Failed;
    }
}
