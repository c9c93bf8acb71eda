using System.Runtime.InteropServices;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// The position of a snapshot as the log records it (walpb.Snapshot). <see cref="ConfState"/> is missing in the first
/// record of a log and in records of releases before 3.5.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalSnapshotMark(ulong Index, ulong Term, ConfState? ConfState = null)
{
    public static WalSnapshotMark Of(SnapshotMetadata metadata) => new(metadata.Index, metadata.Term, metadata.ConfState);

    public int EncodedBytes()
    {
        var size = ProtoWriter.SizeOfField(1, Index) + ProtoWriter.SizeOfField(2, Term);
        return ConfState is null ? size : size + ProtoWriter.SizeOfBytesField(3, RaftWire.SizeOf(ConfState));
    }

    public void Encode(Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteField(1, Index);
        writer.WriteField(2, Term);
        if (ConfState is not null)
        {
            writer.WriteBytesHeader(3, RaftWire.SizeOf(ConfState));
            RaftWire.Encode(ConfState, writer.Remaining);
        }
    }

    public static bool TryDecode(ReadOnlySpan<byte> message, out WalSnapshotMark mark)
    {
        mark = default;
        ulong index = 0;
        ulong term = 0;
        ConfState? confState = null;
        var reader = new ProtoReader(message);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    index = reader.ReadUInt64();
                    break;
                case 2:
                    term = reader.ReadUInt64();
                    break;
                case 3:
                    if (!RaftWire.TryDecode(reader.ReadBytes(), out confState))
                    {
                        return false;
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        mark = new WalSnapshotMark(index, term, confState);
        return !reader.Failed;
    }
}
