using EtcdSharp.Platform.Wire;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Snap;

/// <summary>The contents of a .snap file: a raftpb.Snapshot and its checksum (snappb.snapshot).</summary>
internal static class SnapshotEnvelope
{
    public static byte[] Encode(Snapshot snapshot)
    {
        var data = new byte[RaftWire.SizeOf(snapshot)];
        RaftWire.Encode(snapshot, data);
        var crc = Crc32C.Append(0, data);
        var envelope = new byte[ProtoWriter.SizeOfField(1, (ulong)crc) + ProtoWriter.SizeOfBytesField(2, data.Length)];
        var writer = new ProtoWriter(envelope);
        writer.WriteField(1, (ulong)crc);
        writer.WriteBytesField(2, data);
        return envelope;
    }

    /// <summary>Says what is wrong with the bytes, or null and the snapshot, whose data is a window on them.</summary>
    public static string? TryDecode(ReadOnlyMemory<byte> file, out Snapshot snapshot)
    {
        snapshot = Snapshot.Empty;
        if (file.IsEmpty)
        {
            return "the file is empty";
        }

        uint crc = 0;
        var (start, length) = (0, 0);
        var reader = new ProtoReader(file.Span);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    crc = reader.ReadUInt32();
                    break;
                case 2:
                    (start, length) = reader.ReadBytesRange();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed)
        {
            return "the file is no snappb.snapshot";
        }

        if (length == 0 || crc == 0)
        {
            return "the file holds no snapshot";
        }

        var data = file.Slice(start, length);
        var computed = Crc32C.Append(0, data.Span);
        if (computed != crc)
        {
            return $"the checksum is {crc:x8} but the data's is {computed:x8}";
        }

        return RaftWire.TryDecode(data, out snapshot) ? null : "the data is no raftpb.Snapshot";
    }
}
