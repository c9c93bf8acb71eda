using EtcdSharp.Harness;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Fuzz;

/// <summary>The messages within the records of real etcd's log, damaged.</summary>
public sealed class RecordFuzzTests(RealFiles files, ITestOutputHelper output)
{
    [Fact]
    public void The_messages_within_records() =>
        FuzzCases.Run(files, output, random => DecodeAll(FileDamage.To(files.Records[random.Next(files.Records.Count)], random)));

    private static bool DecodeAll(byte[] record)
    {
        var entryIsRead = RaftWire.TryDecode(record, out Entry entry);
        RaftWire.TryDecode(record, out ConfState _);
        RaftWire.TryDecode(record, out SnapshotMetadata _);
        RaftWire.TryDecode(record, out Snapshot _);
        RaftWire.TryDecode(record, out Message? _);
        RaftWire.TryDecode(record, out ConfChange? _);
        RaftWire.TryDecode(record, out ConfChangeV2? _);
        RaftWire.TryDecode(record, out HardState _);
        WalSnapshotMark.TryDecode(record, out _);
        if (entryIsRead)
        {
            LegacyRequest.TryFindInEntry(entry.Data.Span, out _, out _);
            RaftWire.TryDecode(entry.Data, out ConfChange? _);
        }

        return entryIsRead;
    }
}
