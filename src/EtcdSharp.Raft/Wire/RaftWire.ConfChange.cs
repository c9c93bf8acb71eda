using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Raft.Wire;

public static partial class RaftWire
{
    public static int SizeOf(ConfChange change) =>
        ProtoWriter.SizeOfField(1, change.Id)
        + ProtoWriter.SizeOfField(2, (long)change.Type)
        + ProtoWriter.SizeOfField(3, change.NodeId)
        + (change.Context.IsEmpty ? 0 : ProtoWriter.SizeOfBytesField(4, change.Context.Length));

    public static int Encode(ConfChange change, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteField(1, change.Id);
        writer.WriteField(2, (long)change.Type);
        writer.WriteField(3, change.NodeId);
        if (!change.Context.IsEmpty)
        {
            writer.WriteBytesField(4, change.Context.Span);
        }

        return writer.Position;
    }

    public static byte[] ToBytes(ConfChange change)
    {
        var bytes = new byte[SizeOf(change)];
        Encode(change, bytes);
        return bytes;
    }

    /// <summary>The context is a window on the source.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> source, [NotNullWhen(true)] out ConfChange? change)
    {
        change = null;
        var reader = new ProtoReader(source.Span);
        ulong id = 0;
        ulong type = 0;
        ulong nodeId = 0;
        ReadOnlyMemory<byte> context = default;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    id = reader.ReadUInt64();
                    break;
                case 2:
                    type = reader.ReadUInt64();
                    break;
                case 3:
                    nodeId = reader.ReadUInt64();
                    break;
                case 4:
                    TrySlice(ref reader, source, out context);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed || type > (ulong)ConfChangeType.AddLearnerNode)
        {
            return false;
        }

        change = new ConfChange(id, (ConfChangeType)type, nodeId, context);
        return true;
    }

    public static int SizeOf(ConfChangeV2 change)
    {
        var size = ProtoWriter.SizeOfField(1, (long)change.Transition);
        foreach (var single in change.Changes)
        {
            size += ProtoWriter.SizeOfBytesField(2, SizeOf(single));
        }

        return change.Context.IsEmpty ? size : size + ProtoWriter.SizeOfBytesField(3, change.Context.Length);
    }

    public static int Encode(ConfChangeV2 change, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteField(1, (long)change.Transition);
        foreach (var single in change.Changes)
        {
            writer.WriteBytesHeader(2, SizeOf(single));
            writer.WriteField(1, (long)single.Type);
            writer.WriteField(2, single.NodeId);
        }

        if (!change.Context.IsEmpty)
        {
            writer.WriteBytesField(3, change.Context.Span);
        }

        return writer.Position;
    }

    public static byte[] ToBytes(ConfChangeV2 change)
    {
        var bytes = new byte[SizeOf(change)];
        Encode(change, bytes);
        return bytes;
    }

    /// <summary>The context is a window on the source. No bytes at all are the change that leaves a joint configuration.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> source, [NotNullWhen(true)] out ConfChangeV2? change)
    {
        change = null;
        var reader = new ProtoReader(source.Span);
        ulong transition = 0;
        List<ConfChangeSingle> changes = [];
        ReadOnlyMemory<byte> context = default;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    transition = reader.ReadUInt64();
                    break;
                case 2:
                    if (!TryDecode(reader.ReadBytes(), out ConfChangeSingle single))
                    {
                        return false;
                    }

                    changes.Add(single);
                    break;
                case 3:
                    TrySlice(ref reader, source, out context);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed || transition > (ulong)ConfChangeTransition.JointExplicit)
        {
            return false;
        }

        change = new ConfChangeV2((ConfChangeTransition)transition, changes, context);
        return true;
    }

    private static int SizeOf(ConfChangeSingle single) =>
        ProtoWriter.SizeOfField(1, (long)single.Type) + ProtoWriter.SizeOfField(2, single.NodeId);

    private static bool TryDecode(ReadOnlySpan<byte> source, out ConfChangeSingle single)
    {
        single = default;
        var reader = new ProtoReader(source);
        ulong type = 0;
        ulong nodeId = 0;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    type = reader.ReadUInt64();
                    break;
                case 2:
                    nodeId = reader.ReadUInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed || type > (ulong)ConfChangeType.AddLearnerNode)
        {
            return false;
        }

        single = new ConfChangeSingle((ConfChangeType)type, nodeId);
        return true;
    }
}
