using EtcdSharp.Raft.Tests.Scripting;
using EtcdSharp.Raft.Wire;
using Google.Protobuf;
using Pb = EtcdSharp.Api.Raftpb;

namespace EtcdSharp.Raft.Tests.Wire;

/// <summary>Against the generated classes, with every field of etcd 3.5's form set.</summary>
public sealed class RaftWireTests
{
    private const int Rounds = 300;

    [Fact]
    public void Entries_are_the_same_bytes()
    {
        foreach (var random in Randoms())
        {
            var entry = NextEntry(random);
            var bytes = new byte[RaftWire.SizeOf(entry)];
            Assert.Equal(bytes.Length, RaftWire.Encode(entry, bytes));
            Assert.Equal(ToPb(entry).ToByteArray(), bytes);
            Assert.True(RaftWire.TryDecode(bytes, out Entry decoded));
            Assert.Equal(entry, decoded);
        }
    }

    [Fact]
    public void An_empty_entry_of_3_5_is_six_bytes()
    {
        var bytes = new byte[RaftWire.SizeOf(default(Entry))];
        RaftWire.Encode(default(Entry), bytes);
        Assert.Equal([0x08, 0x00, 0x10, 0x00, 0x18, 0x00], bytes);
        Assert.True(RaftWire.TryDecode(ReadOnlyMemory<byte>.Empty, out Entry entry));
        Assert.Equal(default, entry);
    }

    [Fact]
    public void Hard_states_are_the_same_bytes()
    {
        foreach (var random in Randoms())
        {
            var state = new HardState(Next(random), Next(random), Next(random));
            var bytes = new byte[RaftWire.SizeOf(state)];
            Assert.Equal(bytes.Length, RaftWire.Encode(state, bytes));
            var expected = new Pb.HardState
            {
                Term = state.Term,
                Vote = state.Vote,
                Commit = state.Commit,
            };
            Assert.Equal(expected.ToByteArray(), bytes);
            Assert.True(RaftWire.TryDecode(bytes, out HardState decoded));
            Assert.Equal(state, decoded);
        }
    }

    [Fact]
    public void Snapshots_are_the_same_bytes()
    {
        foreach (var random in Randoms())
        {
            var snapshot = NextSnapshot(random);
            var bytes = new byte[RaftWire.SizeOf(snapshot)];
            Assert.Equal(bytes.Length, RaftWire.Encode(snapshot, bytes));
            Assert.Equal(ToPb(snapshot).ToByteArray(), bytes);
            Assert.True(RaftWire.TryDecode(bytes, out Snapshot decoded));
            Assert.Equal(snapshot, decoded);

            var metadataBytes = new byte[RaftWire.SizeOf(snapshot.Metadata)];
            Assert.Equal(metadataBytes.Length, RaftWire.Encode(snapshot.Metadata, metadataBytes));
            Assert.True(RaftWire.TryDecode(metadataBytes, out SnapshotMetadata metadata));
            Assert.Equal(snapshot.Metadata, metadata);
        }
    }

    [Fact]
    public void Messages_are_the_same_bytes()
    {
        foreach (var random in Randoms())
        {
            var message = NextMessage(random);
            var bytes = new byte[RaftWire.SizeOf(message)];
            Assert.Equal(bytes.Length, RaftWire.Encode(message, bytes));
            Assert.Equal(ToPb(message).ToByteArray(), bytes);
            Assert.True(RaftWire.TryDecode(bytes, out Message? decoded));
            AssertSame(message, decoded);
        }
    }

    [Fact]
    public void The_sparse_form_of_later_versions_is_read()
    {
        var bytes = new Pb.Message
        {
            Type = Pb.MessageType.MsgApp,
            To = 2,
            Entries =
            {
                new Pb.Entry { Index = 7, Data = ByteString.CopyFromUtf8("x") },
            },
        }.ToByteArray();
        Assert.True(RaftWire.TryDecode(bytes, out Message? message));
        Assert.Equal((MessageType.MsgApp, 2UL, 0UL), (message.Type, message.To, message.From));
        Assert.Equal(new Entry(EntryType.Normal, 0, 7, "x"u8.ToArray()), message.Entries.Span[0]);
        Assert.Null(message.Snapshot);
    }

    [Fact]
    public void The_empty_snapshot_that_3_5_writes_is_read_as_none()
    {
        var empty = new Pb.Snapshot
        {
            Metadata = new Pb.SnapshotMetadata
            {
                ConfState = new Pb.ConfState { AutoLeave = false },
                Index = 0,
                Term = 0,
            },
        };
        Assert.True(RaftWire.TryDecode(new Pb.Message { Snapshot = empty }.ToByteArray(), out Message? message));
        Assert.Null(message.Snapshot);
    }

    [Fact]
    public void Packed_ids_are_read()
    {
        Assert.True(RaftWire.TryDecode(new byte[] { 0x0A, 0x03, 0x01, 0xAC, 0x02, 0x28, 0x01 }, out ConfState state));
        Assert.Equal([1UL, 300UL], state.Voters);
        Assert.True(state.AutoLeave);
        Assert.False(RaftWire.TryDecode(new byte[] { 0x0A, 0x01, 0x80 }, out ConfState _));
    }

    [Fact]
    public void Entry_data_is_not_copied()
    {
        var entry = new Entry(EntryType.Normal, 1, 2, new byte[] { 1, 2, 3 });
        var bytes = new byte[RaftWire.SizeOf(entry)];
        RaftWire.Encode(entry, bytes);
        Assert.True(RaftWire.TryDecode(bytes, out Entry decoded));
        bytes[^1] = 9;
        Assert.Equal([1, 2, 9], decoded.Data.ToArray());
    }

    [Fact]
    public void Configuration_changes_are_the_same_bytes()
    {
        foreach (var random in Randoms())
        {
            var v1 = new ConfChange(Next(random), (ConfChangeType)(Next(random) % 4), Next(random), NextBytes(random));
            var expected = new Pb.ConfChange
            {
                Id = v1.Id,
                Type = (Pb.ConfChangeType)v1.Type,
                NodeId = v1.NodeId,
            };
            if (!v1.Context.IsEmpty)
            {
                expected.Context = ByteString.CopyFrom(v1.Context.Span);
            }

            Assert.Equal(expected.ToByteArray(), RaftWire.ToBytes(v1));
            Assert.True(RaftWire.TryDecode(RaftWire.ToBytes(v1), out ConfChange? decoded));
            Assert.Equal((v1.Id, v1.Type, v1.NodeId), (decoded.Id, decoded.Type, decoded.NodeId));
            Assert.Equal(v1.Context.ToArray(), decoded.Context.ToArray());
            AssertV2(random);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 0x04 })]
    [InlineData(new byte[] { 0x10 })]
    [InlineData(new byte[] { 0x22, 0x05, 0x01 })]
    [InlineData(new byte[] { 0x12, 0x00 })]
    public void Malformed_configuration_changes_are_refused(byte[] bytes) =>
        Assert.False(RaftWire.TryDecode(bytes, out ConfChange? _));

    [Theory]
    [InlineData(new byte[] { 0x08, 0x03 })]
    [InlineData(new byte[] { 0x12, 0x02, 0x08, 0x04 })]
    [InlineData(new byte[] { 0x12, 0x02, 0x08 })]
    public void Malformed_configuration_changes_of_the_second_kind_are_refused(byte[] bytes) =>
        Assert.False(RaftWire.TryDecode(bytes, out ConfChangeV2? _));

    [Fact]
    public void No_bytes_leave_the_joint_configuration()
    {
        Assert.True(RaftWire.TryDecode(ReadOnlyMemory<byte>.Empty, out ConfChangeV2? change));
        Assert.True(change.LeavesJoint);
    }

    internal static IEnumerable<SequenceRandomness> Randoms() =>
        Enumerable.Range(0, Rounds).Select(seed => new SequenceRandomness((ulong)seed));

    internal static Message NextMessage(SequenceRandomness random) =>
        new()
        {
            Type = (MessageType)(Next(random) % 24),
            To = Next(random),
            From = Next(random),
            Term = Next(random),
            LogTerm = Next(random),
            Index = Next(random),
            Entries = Enumerable.Range(0, (int)(random.NextUInt64() % 4)).Select(_ => NextEntry(random)).ToArray(),
            Commit = Next(random),
            Vote = Next(random),
            Snapshot = random.NextUInt64() % 3 == 0 ? NextSnapshot(random) : null,
            Reject = random.NextUInt64() % 2 == 0,
            RejectHint = Next(random),
            Context = NextBytes(random),
        };

    private static void AssertV2(SequenceRandomness random)
    {
        ConfChangeSingle[] changes =
        [
            .. Enumerable
                .Range(0, (int)(random.NextUInt64() % 4))
                .Select(_ => new ConfChangeSingle((ConfChangeType)(random.NextUInt64() % 4), Next(random))),
        ];
        var v2 = new ConfChangeV2((ConfChangeTransition)(random.NextUInt64() % 3), changes, NextBytes(random));
        var expected = new Pb.ConfChangeV2 { Transition = (Pb.ConfChangeTransition)v2.Transition };
        expected.Changes.AddRange(
            changes.Select(c => new Pb.ConfChangeSingle { Type = (Pb.ConfChangeType)c.Type, NodeId = c.NodeId })
        );
        if (!v2.Context.IsEmpty)
        {
            expected.Context = ByteString.CopyFrom(v2.Context.Span);
        }

        Assert.Equal(expected.ToByteArray(), RaftWire.ToBytes(v2));
        Assert.True(RaftWire.TryDecode(RaftWire.ToBytes(v2), out ConfChangeV2? decoded));
        Assert.Equal(v2.Transition, decoded.Transition);
        Assert.Equal(v2.Context.ToArray(), decoded.Context.ToArray());
        Assert.Equal(changes, decoded.Changes);
    }

    private static void AssertSame(Message expected, Message actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal((expected.To, expected.From, expected.Term), (actual.To, actual.From, actual.Term));
        Assert.Equal((expected.LogTerm, expected.Index, expected.Commit), (actual.LogTerm, actual.Index, actual.Commit));
        Assert.Equal((expected.Vote, expected.Reject, expected.RejectHint), (actual.Vote, actual.Reject, actual.RejectHint));
        Assert.Equal(expected.Entries.ToArray(), actual.Entries.ToArray());
        Assert.Equal(expected.Snapshot, actual.Snapshot);
        Assert.Equal(expected.Context.ToArray(), actual.Context.ToArray());
    }

    private static Pb.Message ToPb(Message message)
    {
        var pb = new Pb.Message
        {
            Type = (Pb.MessageType)message.Type,
            To = message.To,
            From = message.From,
            Term = message.Term,
            LogTerm = message.LogTerm,
            Index = message.Index,
            Commit = message.Commit,
            Reject = message.Reject,
            RejectHint = message.RejectHint,
        };
        pb.Entries.AddRange(message.Entries.ToArray().Select(ToPb));
        if (message.Snapshot is { } snapshot)
        {
            pb.Snapshot = ToPb(snapshot);
        }

        if (!message.Context.IsEmpty)
        {
            pb.Context = ByteString.CopyFrom(message.Context.Span);
        }

        if (message.Vote != 0)
        {
            pb.Vote = message.Vote;
        }

        return pb;
    }

    private static Pb.Entry ToPb(Entry entry)
    {
        var pb = new Pb.Entry
        {
            Type = (Pb.EntryType)entry.Type,
            Term = entry.Term,
            Index = entry.Index,
        };
        if (!entry.Data.IsEmpty)
        {
            pb.Data = ByteString.CopyFrom(entry.Data.Span);
        }

        return pb;
    }

    private static Pb.Snapshot ToPb(Snapshot snapshot)
    {
        var state = snapshot.Metadata.ConfState;
        var pbState = new Pb.ConfState { AutoLeave = state.AutoLeave };
        pbState.Voters.AddRange(state.Voters);
        pbState.Learners.AddRange(state.Learners);
        pbState.VotersOutgoing.AddRange(state.VotersOutgoing);
        pbState.LearnersNext.AddRange(state.LearnersNext);
        var pb = new Pb.Snapshot
        {
            Metadata = new Pb.SnapshotMetadata
            {
                ConfState = pbState,
                Index = snapshot.Metadata.Index,
                Term = snapshot.Metadata.Term,
            },
        };
        if (!snapshot.Data.IsEmpty)
        {
            pb.Data = ByteString.CopyFrom(snapshot.Data.Span);
        }

        return pb;
    }

    private static Entry NextEntry(SequenceRandomness random) =>
        new((EntryType)(random.NextUInt64() % 3), Next(random), Next(random), NextBytes(random));

    private static Snapshot NextSnapshot(SequenceRandomness random)
    {
        ulong[] Ids() => [.. Enumerable.Range(0, (int)(random.NextUInt64() % 4)).Select(_ => Next(random))];
        var state = new ConfState
        {
            Voters = Ids(),
            Learners = Ids(),
            VotersOutgoing = Ids(),
            LearnersNext = Ids(),
            AutoLeave = random.NextUInt64() % 2 == 0,
        };
        return new Snapshot(NextBytes(random), new SnapshotMetadata(state, Next(random) | 1, Next(random)));
    }

    /// <summary>Numbers of every length, zero among them.</summary>
    private static ulong Next(SequenceRandomness random)
    {
        var bits = (int)(random.NextUInt64() % 65);
        return bits == 0 ? 0 : random.NextUInt64() >> (64 - bits);
    }

    private static byte[] NextBytes(SequenceRandomness random)
    {
        var bytes = new byte[random.NextUInt64() % 3 == 0 ? 0 : random.NextUInt64() % 300];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.NextUInt64();
        }

        return bytes;
    }
}
