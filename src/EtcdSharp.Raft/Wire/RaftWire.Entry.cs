using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Raft.Wire;

public static partial class RaftWire
{
    public static int SizeOf(in Entry entry) =>
        ProtoWriter.SizeOfField(1, (long)entry.Type)
        + ProtoWriter.SizeOfField(2, entry.Term)
        + ProtoWriter.SizeOfField(3, entry.Index)
        + (entry.Data.IsEmpty ? 0 : ProtoWriter.SizeOfBytesField(4, entry.Data.Length));

    public static int Encode(in Entry entry, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteField(1, (long)entry.Type);
        writer.WriteField(2, entry.Term);
        writer.WriteField(3, entry.Index);
        if (!entry.Data.IsEmpty)
        {
            writer.WriteBytesField(4, entry.Data.Span);
        }

        return writer.Position;
    }

    /// <summary>The entry's data is a window on the source. A type that raft does not know is malformed input.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> source, out Entry entry)
    {
        entry = default;
        var reader = new ProtoReader(source.Span);
        ulong type = 0;
        ulong term = 0;
        ulong index = 0;
        ReadOnlyMemory<byte> data = default;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    type = reader.ReadUInt64();
                    break;
                case 2:
                    term = reader.ReadUInt64();
                    break;
                case 3:
                    index = reader.ReadUInt64();
                    break;
                case 4:
                    TrySlice(ref reader, source, out data);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed || type > (ulong)EntryType.ConfChangeV2)
        {
            return false;
        }

        entry = new Entry((EntryType)type, term, index, data);
        return true;
    }
}
