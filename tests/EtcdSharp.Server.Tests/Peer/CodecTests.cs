using System.Buffers;
using System.Buffers.Binary;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>The two stream formats against their description, byte for byte where it says so.</summary>
public sealed class CodecTests
{
    private const ulong Leader = 0x11;
    private const ulong Follower = 0x22;

    [Fact]
    public async Task TheMessageStreamCarriesEachMessageBehindItsLength()
    {
        var message = new Message
        {
            Type = MessageType.MsgVote,
            From = Leader,
            To = Follower,
            Term = 7,
            Index = 5,
            LogTerm = 6,
        };
        var written = new ArrayBufferWriter<byte>();
        var codec = new MessageCodec();
        codec.Encode(MessageCodec.LinkHeartbeat, written);
        codec.Encode(message, written);

        var heartbeatBytes = RaftWire.SizeOf(MessageCodec.LinkHeartbeat);
        Assert.Equal((ulong)heartbeatBytes, BinaryPrimitives.ReadUInt64BigEndian(written.WrittenSpan));
        using var reader = Reader(written);
        Assert.True(MessageCodec.IsLinkHeartbeat(await codec.DecodeAsync(reader)));
        var read = await codec.DecodeAsync(reader);
        Assert.Equal(
            (MessageType.MsgVote, Leader, Follower, 7UL, 5UL, 6UL),
            (read.Type, read.From, read.To, read.Term, read.Index, read.LogTerm)
        );
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await codec.DecodeAsync(reader));
    }

    [Fact]
    public async Task AppendsThatFollowEachOtherCarryTheirEntriesAlone()
    {
        var written = new ArrayBufferWriter<byte>();
        var sender = new AppendCodec(Leader, Follower);
        sender.Encode(Append(term: 3, index: 10, commit: 9, count: 2), written);
        var first = written.WrittenCount;
        Assert.Equal(2, written.WrittenSpan[0]);
        sender.Encode(Append(term: 3, index: 12, commit: 11, count: 3), written);
        Assert.Equal(1, written.WrittenSpan[first]);
        Assert.Equal(3UL, BinaryPrimitives.ReadUInt64BigEndian(written.WrittenSpan[(first + 1)..]));
        Assert.Equal(11UL, BinaryPrimitives.ReadUInt64BigEndian(written.WrittenSpan[^8..]));
        sender.Encode(MessageCodec.LinkHeartbeat, written);
        Assert.Equal(0, written.WrittenSpan[^1]);
        var gap = written.WrittenCount;
        sender.Encode(Append(term: 3, index: 20, commit: 11, count: 0), written);
        Assert.Equal(2, written.WrittenSpan[gap]);

        var receiver = new AppendCodec(Leader, Follower);
        using var reader = Reader(written);
        AssertSame(Append(term: 3, index: 10, commit: 9, count: 2), await receiver.DecodeAsync(reader));
        AssertSame(Append(term: 3, index: 12, commit: 11, count: 3), await receiver.DecodeAsync(reader));
        Assert.True(MessageCodec.IsLinkHeartbeat(await receiver.DecodeAsync(reader)));
        AssertSame(Append(term: 3, index: 20, commit: 11, count: 0), await receiver.DecodeAsync(reader));
    }

    [Fact]
    public async Task WhatIsNoFrameIsRefusedAndNeverAllocatedFor()
    {
        byte[] hugeMessage = [2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        byte[] hugeCount = [1, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        byte[] unknownKind = [9];
        foreach (var bytes in new[] { hugeMessage, hugeCount, unknownKind })
        {
            using var reader = new PeerFrameReader(new MemoryStream(bytes), TimeSpan.FromSeconds(5), default);
            await Assert.ThrowsAsync<InvalidDataException>(async () =>
                await new AppendCodec(Leader, Follower).DecodeAsync(reader)
            );
        }
    }

    private static PeerFrameReader Reader(ArrayBufferWriter<byte> written) =>
        new(new MemoryStream(written.WrittenSpan.ToArray()), TimeSpan.FromSeconds(5), default);

    private static Message Append(ulong term, ulong index, ulong commit, int count) =>
        new()
        {
            Type = MessageType.MsgApp,
            From = Leader,
            To = Follower,
            Term = term,
            LogTerm = term,
            Index = index,
            Commit = commit,
            Entries = Enumerable
                .Range(1, count)
                .Select(i => new Entry(EntryType.Normal, term, index + (ulong)i, new byte[i * 40_000]))
                .ToArray(),
        };

    private static void AssertSame(Message expected, Message actual)
    {
        Assert.Equal(
            (expected.Type, expected.From, expected.To, expected.Term, expected.LogTerm, expected.Index, expected.Commit),
            (actual.Type, actual.From, actual.To, actual.Term, actual.LogTerm, actual.Index, actual.Commit)
        );
        Assert.Equal(
            expected.Entries.ToArray().Select(entry => (entry.Term, entry.Index, entry.Data.Length)),
            actual.Entries.ToArray().Select(entry => (entry.Term, entry.Index, entry.Data.Length))
        );
    }
}
