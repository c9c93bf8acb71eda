using System.Buffers;
using System.Buffers.Binary;
using EtcdSharp.Harness;
using EtcdSharp.Node.Peers;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Raft;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>
/// Streams of other members, whole and damaged, that come in pieces: whole ones are read as they were written, damaged
/// ones end with an error that says so, soon and with little memory.
/// </summary>
public sealed class PeerStreamFuzzTests(ITestOutputHelper output)
{
    private const double DefaultSeconds = 1.5;
    private const ulong Leader = 0x11;
    private const ulong Follower = 0x22;

    /// <summary>The streams are some kilobytes long; a length that is believed as it is announced asks for half a gigabyte.</summary>
    private const long CaseBytesMax = 64L * 1024 * 1024;

    /// <summary>No stream here has so many messages.</summary>
    private const int MessagesMax = 10_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public Task The_append_stream() => Fuzz(static () => new AppendCodec(Leader, Follower));

    [Fact]
    public Task The_message_stream() => Fuzz(static () => new MessageCodec());

    [Fact]
    public async Task A_length_is_not_believed_before_the_bytes_are_there()
    {
        byte[] announced = new byte[1 + sizeof(ulong) + 100];
        announced[0] = 2;
        BinaryPrimitives.WriteUInt64BigEndian(announced.AsSpan(1), PeerProtocol.MessageBytesMax);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var reader = new PeerFrameReader(new MemoryStream(announced), s_patience, default);
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await new AppendCodec(Leader, Follower).DecodeAsync(reader));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, CaseBytesMax);
    }

    [Fact]
    public async Task A_long_append_with_a_long_entry_arrives_whole()
    {
        var entries = Enumerable
            .Range(1, 10_000)
            .Select(i => new Entry(EntryType.Normal, 3, (ulong)i, new byte[i == 9_000 ? 7_000_000 : i % 50]))
            .ToArray();
        var codec = new AppendCodec(Leader, Follower);
        var written = new ArrayBufferWriter<byte>();
        codec.Encode(Append(3, 0, []), written);
        codec.Encode(Append(3, 0, entries), written);
        using var reader = new PeerFrameReader(new MemoryStream(written.WrittenSpan.ToArray()), s_patience, default);
        var receiver = new AppendCodec(Leader, Follower);
        await receiver.DecodeAsync(reader);
        var got = await receiver.DecodeAsync(reader);
        Assert.Equal(
            entries.Select(entry => (entry.Index, entry.Data.Length)),
            got.Entries.ToArray().Select(entry => (entry.Index, entry.Data.Length))
        );
    }

    private async Task Fuzz(Func<IPeerCodec> codec, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var (whole, refused, cut, survived) = (0L, 0L, 0L, 0L);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds, test: test))
        {
            var random = new Random(seed);
            var sent = Messages(random);
            var written = new ArrayBufferWriter<byte>();
            var sender = codec();
            foreach (var message in sent)
            {
                sender.Encode(message, written);
            }

            var isWhole = random.Next(4) == 0;
            var bytes = isWhole ? written.WrittenSpan.ToArray() : FileDamage.To(written.WrittenSpan.ToArray(), random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var reader = new PeerFrameReader(new PiecewiseStream(bytes, random), s_patience, default);
            var (got, end) = await ReadAll(reader, codec()).AsTask().WaitAsync(s_patience);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < CaseBytesMax, $"seed {seed} allocated {allocated} bytes");
            Assert.True(got.Count < MessagesMax, $"seed {seed} gave {got.Count} messages");
            if (isWhole)
            {
                Assert.True(end is EndOfStreamException, $"seed {seed}: {end}");
                Assert.True(sent.Select(Describe).SequenceEqual(got.Select(Describe)), $"seed {seed} was read otherwise");
                whole++;
            }
            else if (end is InvalidDataException)
            {
                refused++;
            }
            else if (got.Count < sent.Count)
            {
                cut++;
            }
            else
            {
                survived++;
            }
        }

        output.WriteLine($"{whole} whole, {refused} refused, {cut} cut short, {survived} damaged and read");
        Assert.True(whole > 100 && refused > 100 && cut > 100, $"{whole} whole, {refused} refused, {cut} cut short");
    }

    private static async ValueTask<(List<Message> Messages, Exception End)> ReadAll(PeerFrameReader reader, IPeerCodec codec)
    {
        List<Message> messages = [];
        while (true)
        {
            try
            {
                messages.Add(await codec.DecodeAsync(reader));
            }
            catch (Exception end) when (end is InvalidDataException or EndOfStreamException)
            {
                return (messages, end);
            }
        }
    }

    /// <summary>Appends that follow each other, with others and heartbeats between them.</summary>
    private static List<Message> Messages(Random random)
    {
        List<Message> messages = [];
        var (term, index) = (1UL + (ulong)random.Next(3), (ulong)random.Next(100));
        for (var count = random.Next(1, 8); count > 0; count--)
        {
            if (random.Next(5) == 0)
            {
                messages.Add(MessageCodec.LinkHeartbeat);
                continue;
            }

            if (random.Next(4) == 0)
            {
                index += (ulong)random.Next(5);
            }

            var entries = new Entry[random.Next(4)];
            for (var i = 0; i < entries.Length; i++)
            {
                var data = new byte[random.Next(random.Next(20) == 0 ? 3000 : 40)];
                random.NextBytes(data);
                entries[i] = new Entry(EntryType.Normal, term, index + (ulong)i + 1, data);
            }

            messages.Add(Append(term, index, entries));
            index += (ulong)entries.Length;
        }

        return messages;
    }

    private static Message Append(ulong term, ulong index, Entry[] entries) =>
        new()
        {
            Type = MessageType.MsgApp,
            From = Leader,
            To = Follower,
            Term = term,
            LogTerm = term,
            Index = index,
            Commit = index,
            Entries = entries,
        };

    private static string Describe(Message message) =>
        $"{message.Type} {message.From} {message.To} {message.Term} {message.LogTerm} {message.Index} {message.Commit} "
        + string.Join(
            ' ',
            message
                .Entries.ToArray()
                .Select(entry => $"{entry.Type} {entry.Term} {entry.Index} {Convert.ToHexString(entry.Data.Span)}")
        );
}
