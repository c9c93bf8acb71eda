using EtcdSharp.Harness;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Fuzz;

/// <summary>The messages within the records of real etcd's log, and messages between members about them, damaged.</summary>
public sealed class RecordFuzzTests(RealFiles files, ITestOutputHelper output)
{
    private List<byte[]>? _betweenMembers;

    [Fact]
    public void The_messages_within_records() =>
        FuzzCases.Run(files, output, random => DecodeAll(FileDamage.To(files.Records[random.Next(files.Records.Count)], random)));

    [Fact]
    public void The_messages_between_members() =>
        FuzzCases.Run(
            files,
            output,
            random =>
            {
                var messages = _betweenMembers ??= BetweenMembers();
                var bytes = FileDamage.To(messages[random.Next(messages.Count)], random);
                if (!RaftWire.TryDecode(bytes, out Message? message))
                {
                    return false;
                }

                // What was read can be written, and read again.
                var again = new byte[RaftWire.SizeOf(message)];
                Assert.Equal(again.Length, RaftWire.Encode(message, again));
                Assert.True(RaftWire.TryDecode(again, out Message? second));
                Assert.Equal(message.Entries.Length, second.Entries.Length);
                return true;
            }
        );

    /// <summary>Appends of etcd's entries, its snapshot, and the small ones with and without a context.</summary>
    private List<byte[]> BetweenMembers()
    {
        var entries = files
            .Records.Select(record => RaftWire.TryDecode(record, out Entry entry) ? entry : default)
            .Where(entry => entry.Index != 0)
            .ToArray();
        Assert.Null(SnapshotEnvelope.TryDecode(files.Snapshot, out var snapshot));
        List<Message> messages = [];
        for (var i = 0; i < entries.Length; i += 5)
        {
            messages.Add(
                new Message
                {
                    Type = MessageType.MsgApp,
                    From = 1,
                    To = 2,
                    Term = 3,
                    LogTerm = 3,
                    Index = entries[i].Index - 1,
                    Commit = entries[i].Index,
                    Entries = entries.AsMemory(i, Math.Min(1 + (i % 4), entries.Length - i)),
                }
            );
        }

        messages.Add(new Message { Type = MessageType.MsgSnap, Snapshot = snapshot });
        foreach (var type in (MessageType[])[MessageType.MsgVote, MessageType.MsgHeartbeat, MessageType.MsgAppResp])
        {
            messages.Add(
                new Message
                {
                    Type = type,
                    From = ulong.MaxValue,
                    To = 2,
                    Term = 3,
                    Reject = type == MessageType.MsgAppResp,
                    RejectHint = 7,
                    Context = "context"u8.ToArray(),
                }
            );
        }

        return messages.ConvertAll(message =>
        {
            var bytes = new byte[RaftWire.SizeOf(message)];
            RaftWire.Encode(message, bytes);
            return bytes;
        });
    }

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
