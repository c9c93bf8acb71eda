using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Raft.Wire;

public static partial class RaftWire
{
    /// <summary>64 bits in groups of 7: ⌈64/7⌉.</summary>
    private const int VarintBytesMax = 10;

    public static int SizeOf(ConfState state) =>
        SizeOfIds(1, state.Voters)
        + SizeOfIds(2, state.Learners)
        + SizeOfIds(3, state.VotersOutgoing)
        + SizeOfIds(4, state.LearnersNext)
        + ProtoWriter.SizeOfField(5, 1UL);

    public static int Encode(ConfState state, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        WriteIds(ref writer, 1, state.Voters);
        WriteIds(ref writer, 2, state.Learners);
        WriteIds(ref writer, 3, state.VotersOutgoing);
        WriteIds(ref writer, 4, state.LearnersNext);
        writer.WriteField(5, state.AutoLeave);
        return writer.Position;
    }

    public static bool TryDecode(ReadOnlySpan<byte> source, out ConfState state)
    {
        var reader = new ProtoReader(source);
        List<ulong> voters = [];
        List<ulong> learners = [];
        List<ulong> outgoing = [];
        List<ulong> learnersNext = [];
        var autoLeave = false;
        var idsAreValid = true;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    idsAreValid &= TryReadIds(ref reader, voters);
                    break;
                case 2:
                    idsAreValid &= TryReadIds(ref reader, learners);
                    break;
                case 3:
                    idsAreValid &= TryReadIds(ref reader, outgoing);
                    break;
                case 4:
                    idsAreValid &= TryReadIds(ref reader, learnersNext);
                    break;
                case 5:
                    autoLeave = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        var isValid = !reader.Failed && idsAreValid;
        state = isValid
            ? new ConfState
            {
                Voters = voters,
                Learners = learners,
                VotersOutgoing = outgoing,
                LearnersNext = learnersNext,
                AutoLeave = autoLeave,
            }
            : ConfState.Empty;
        return isValid;
    }

    public static int SizeOf(SnapshotMetadata metadata) =>
        ProtoWriter.SizeOfBytesField(1, SizeOf(metadata.ConfState))
        + ProtoWriter.SizeOfField(2, metadata.Index)
        + ProtoWriter.SizeOfField(3, metadata.Term);

    public static int Encode(SnapshotMetadata metadata, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        var stateSize = SizeOf(metadata.ConfState);
        writer.WriteBytesHeader(1, stateSize);
        var position = writer.Position + Encode(metadata.ConfState, writer.Remaining[..stateSize]);
        var rest = new ProtoWriter(destination[position..]);
        rest.WriteField(2, metadata.Index);
        rest.WriteField(3, metadata.Term);
        return position + rest.Position;
    }

    public static bool TryDecode(ReadOnlySpan<byte> source, out SnapshotMetadata metadata)
    {
        var reader = new ProtoReader(source);
        var state = ConfState.Empty;
        var stateIsValid = true;
        ulong index = 0;
        ulong term = 0;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    stateIsValid &= TryDecode(reader.ReadBytes(), out state);
                    break;
                case 2:
                    index = reader.ReadUInt64();
                    break;
                case 3:
                    term = reader.ReadUInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        var isValid = !reader.Failed && stateIsValid;
        metadata = isValid ? new SnapshotMetadata(state, index, term) : SnapshotMetadata.Empty;
        return isValid;
    }

    public static int SizeOf(Snapshot snapshot) =>
        (snapshot.Data.IsEmpty ? 0 : ProtoWriter.SizeOfBytesField(1, snapshot.Data.Length))
        + ProtoWriter.SizeOfBytesField(2, SizeOf(snapshot.Metadata));

    public static int Encode(Snapshot snapshot, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        if (!snapshot.Data.IsEmpty)
        {
            writer.WriteBytesField(1, snapshot.Data.Span);
        }

        var metadataSize = SizeOf(snapshot.Metadata);
        writer.WriteBytesHeader(2, metadataSize);
        return writer.Position + Encode(snapshot.Metadata, writer.Remaining[..metadataSize]);
    }

    /// <summary>The snapshot's data is a window on the source.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> source, out Snapshot snapshot)
    {
        var reader = new ProtoReader(source.Span);
        ReadOnlyMemory<byte> data = default;
        var metadata = SnapshotMetadata.Empty;
        var metadataIsValid = true;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    TrySlice(ref reader, source, out data);
                    break;
                case 2:
                    metadataIsValid &= TryDecode(reader.ReadBytes(), out metadata);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        var isValid = !reader.Failed && metadataIsValid;
        snapshot = isValid ? new Snapshot(data, metadata) : Snapshot.Empty;
        return isValid;
    }

    private static int SizeOfIds(int field, IReadOnlyList<ulong> ids)
    {
        var size = 0;
        for (var i = 0; i < ids.Count; i++)
        {
            size += ProtoWriter.SizeOfField(field, ids[i]);
        }

        return size;
    }

    private static void WriteIds(ref ProtoWriter writer, int field, IReadOnlyList<ulong> ids)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            writer.WriteField(field, ids[i]);
        }
    }

    /// <summary>Ids come one by one, as proto2 writes them, or packed, as a reader must accept them too.</summary>
    private static bool TryReadIds(ref ProtoReader reader, List<ulong> ids)
    {
        if (!reader.IsLengthDelimited)
        {
            ids.Add(reader.ReadUInt64());
            return true;
        }

        var packed = reader.ReadBytes();
        while (!packed.IsEmpty)
        {
            var length = packed.IndexOfAnyInRange((byte)0, (byte)0x7F) + 1;
            if (length is 0 or > VarintBytesMax)
            {
                return false;
            }

            ulong id = 0;
            for (var i = 0; i < length; i++)
            {
                id |= (ulong)(packed[i] & 0x7F) << (7 * i);
            }

            ids.Add(id);
            packed = packed[length..];
        }

        return true;
    }
}
