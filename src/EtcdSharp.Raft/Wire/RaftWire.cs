using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Raft.Wire;

/// <summary>
/// The raftpb form of entries, states, snapshots, messages and configuration changes, in files and between members.
/// </summary>
/// <remarks>
/// Written is the form of etcd 3.5: every number that 3.5 declares non-nullable is written even when zero, in the order of
/// field numbers; bytes are written when there are any. Every version of etcd reads it, and an entry, a hard state or a
/// snapshot file written here is the same byte for byte as there. Two fields are left out when they say nothing, which
/// all versions read as zero: a message's snapshot (which 3.5 writes empty, 3.6 and later leave out) and its vote and
/// responses (which 3.5 does not know and which never leave the process). Whatever order and omission protobuf
/// allows is read. Encoders write into exactly <c>SizeOf</c> bytes and return that size; decoders return false on malformed
/// input and never throw.
/// </remarks>
public static partial class RaftWire
{
    public static int SizeOf(in HardState state) =>
        ProtoWriter.SizeOfField(1, state.Term)
        + ProtoWriter.SizeOfField(2, state.Vote)
        + ProtoWriter.SizeOfField(3, state.Commit);

    public static int Encode(in HardState state, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteField(1, state.Term);
        writer.WriteField(2, state.Vote);
        writer.WriteField(3, state.Commit);
        return writer.Position;
    }

    public static bool TryDecode(ReadOnlySpan<byte> source, out HardState state)
    {
        var reader = new ProtoReader(source);
        ulong term = 0;
        ulong vote = 0;
        ulong commit = 0;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    term = reader.ReadUInt64();
                    break;
                case 2:
                    vote = reader.ReadUInt64();
                    break;
                case 3:
                    commit = reader.ReadUInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        state = reader.Failed ? default : new HardState(term, vote, commit);
        return !reader.Failed;
    }

    private static bool TrySlice(ref ProtoReader reader, ReadOnlyMemory<byte> source, out ReadOnlyMemory<byte> slice)
    {
        var (start, length) = reader.ReadBytesRange();
        slice = source.Slice(start, length);
        return !reader.Failed;
    }
}
