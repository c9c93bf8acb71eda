using System.Runtime.InteropServices;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Raft.Wire;

/// <summary>A message's fields while they are being read, in whatever order they come.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct MessageFields
{
    private ulong _to;
    private ulong _from;
    private ulong _term;
    private ulong _logTerm;
    private ulong _index;
    private ulong _commit;
    private ulong _vote;
    private ulong _rejectHint;
    private bool _reject;
    private Snapshot? _snapshot;
    private ReadOnlyMemory<byte> _context;

    public ulong Type { get; private set; }

    public bool TryRead(ref ProtoReader reader, ReadOnlyMemory<byte> source)
    {
        switch (reader.Field)
        {
            case 1:
                Type = reader.ReadUInt64();
                return true;
            case 2:
                _to = reader.ReadUInt64();
                return true;
            case 3:
                _from = reader.ReadUInt64();
                return true;
            case 4:
                _term = reader.ReadUInt64();
                return true;
            case 5:
                _logTerm = reader.ReadUInt64();
                return true;
            case 6:
                _index = reader.ReadUInt64();
                return true;
            case 8:
                _commit = reader.ReadUInt64();
                return true;
            case 9:
                return TryReadSnapshot(ref reader, source);
            case 10:
                _reject = reader.ReadBool();
                return true;
            case 11:
                _rejectHint = reader.ReadUInt64();
                return true;
            case 12:
                _context = Slice(ref reader, source);
                return true;
            case 13:
                _vote = reader.ReadUInt64();
                return true;
            default:
                reader.Skip();
                return true;
        }
    }

    public readonly Message ToMessage(ReadOnlyMemory<Entry> entries) =>
        new()
        {
            Type = (MessageType)Type,
            To = _to,
            From = _from,
            Term = _term,
            LogTerm = _logTerm,
            Index = _index,
            Entries = entries,
            Commit = _commit,
            Vote = _vote,
            Snapshot = _snapshot,
            Reject = _reject,
            RejectHint = _rejectHint,
            Context = _context,
        };

    private bool TryReadSnapshot(ref ProtoReader reader, ReadOnlyMemory<byte> source)
    {
        if (!RaftWire.TryDecode(Slice(ref reader, source), out Snapshot snapshot))
        {
            return false;
        }

        _snapshot = snapshot.IsEmpty ? null : snapshot;
        return true;
    }

    private static ReadOnlyMemory<byte> Slice(ref ProtoReader reader, ReadOnlyMemory<byte> source)
    {
        var (start, length) = reader.ReadBytesRange();
        return source.Slice(start, length);
    }
}
