using System.Buffers;
using System.IO.Pipelines;
using EtcdSharp.Node.Peers;
using EtcdSharp.Node.Peers.Requests;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Snap;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>Whoever can reach the port can send the beginning of a store, and then as little as it likes.</summary>
public sealed class SnapshotReceiverTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private const int PieceBytes = 32 * 1024;

    private readonly MemoryDisk _disk = new();
    private readonly SnapshotDirectory _directory;
    private readonly SnapshotReceiver _receiver;

    public SnapshotReceiverTests()
    {
        _disk.CreateDirectory("/snap");
        _directory = new SnapshotDirectory(_disk, "/snap", NullLogger.Instance);
        _receiver = new SnapshotReceiver(_directory, s_patience, PeerMetrics.Unheard, NullLogger.Instance);
    }

    [Fact]
    public async Task One_that_trickles_holds_up_no_other()
    {
        var slow = new Pipe();
        await slow.Writer.WriteAsync(Head(index: 7));
        var trickling = _receiver.ReceiveAsync(slow.Reader.AsStream(), default);
        await WriteAsync(slow, 1);
        var (message, problem) = await ReceiveWholeAsync(index: 7).WaitAsync(s_patience);
        Assert.Null(problem);
        Assert.Equal(7UL, message!.Snapshot!.Metadata.Index);
        Assert.True(_directory.HasDatabase(7));
        Assert.False(trickling.IsCompleted);
        await slow.Writer.CompleteAsync();
        Assert.Null((await trickling.WaitAsync(s_patience)).Problem);
    }

    [Fact]
    public async Task The_slowest_makes_room_when_there_are_too_many()
    {
        var slow = Enumerable.Range(0, SnapshotSlots.CountMax).Select(_ => new Pipe()).ToArray();
        var trickling = new List<Task<(Message? Message, string? Problem)>>();
        for (var i = 0; i < slow.Length; i++)
        {
            await slow[i].Writer.WriteAsync(Head(index: 10 + (ulong)i));
            trickling.Add(_receiver.ReceiveAsync(slow[i].Reader.AsStream(), default));
            await WriteAsync(slow[i], i == 1 ? 0 : PieceBytes);
        }

        await TestCluster.UntilAsync(
            () => Temporary().Count() == slow.Length && Temporary().Sum(LengthOf) == (slow.Length - 1) * PieceBytes,
            "all of them are under way, and all but one are on the disk"
        );
        var (message, _) = await ReceiveWholeAsync(index: 99).WaitAsync(s_patience);
        Assert.NotNull(message);
        var (_, problem) = await trickling[1].WaitAsync(s_patience);
        Assert.Contains("slowest", problem, StringComparison.Ordinal);
        Assert.All(trickling.Where((_, i) => i != 1), static one => Assert.False(one.IsCompleted));
        foreach (var pipe in slow)
        {
            await pipe.Writer.CompleteAsync(new IOException("gone"));
        }

        await Task.WhenAll(trickling).WaitAsync(s_patience);
        Assert.Empty(Temporary());
    }

    private IEnumerable<string> Temporary() =>
        _disk
            .ListNames("/snap")
            .Where(static name => name.StartsWith(SnapshotDirectory.TemporaryPrefix, StringComparison.Ordinal));

    private long LengthOf(string name)
    {
        using var file = _disk.Open("/snap/" + name, DiskOpen.ReadExisting);
        return file.Length;
    }

    private static async Task WriteAsync(Pipe pipe, int bytes)
    {
        if (bytes != 0)
        {
            await pipe.Writer.WriteAsync(new byte[bytes]);
        }
    }

    private Task<(Message? Message, string? Problem)> ReceiveWholeAsync(ulong index)
    {
        var body = new MemoryStream();
        body.Write(Head(index).Span);
        body.Write(new byte[100_000]);
        body.Position = 0;
        return _receiver.ReceiveAsync(body, default);
    }

    private static ReadOnlyMemory<byte> Head(ulong index)
    {
        var head = new ArrayBufferWriter<byte>();
        new MessageCodec().Encode(
            new Message
            {
                Type = MessageType.MsgSnap,
                From = 2,
                To = 1,
                Snapshot = new Snapshot(default, new SnapshotMetadata(new ConfState(), index, 1)),
            },
            head
        );
        return head.WrittenMemory;
    }
}
