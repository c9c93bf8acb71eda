using System.Diagnostics;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Snap;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers.Requests;

/// <summary>Takes the store of another member from the network to the disk.</summary>
internal sealed class SnapshotReceiver(SnapshotDirectory directory, TimeSpan timeout, PeerMetrics metrics, ILogger logger)
{
    private const int PieceBytes = 256 * 1024;

    private readonly SnapshotSlots _slots = new();

    /// <returns>The message that came with the store, once the store is durable; else what went wrong.</returns>
    public async Task<(Message? Message, string? Problem)> ReceiveAsync(Stream body, CancellationToken aborted)
    {
        var start = Stopwatch.GetTimestamp();
        var from = "UNKNOWN_SNAPSHOT_SENDER";
        string problem;
        using var slot = _slots.Begin(aborted);
        try
        {
            using var reader = new PeerFrameReader(body, timeout, slot.Token);
            var message = await MessageCodec.ReadAsync(reader, PeerProtocol.SnapshotMessageBytesMax).ConfigureAwait(false);
            if (message is not { Type: MessageType.MsgSnap, Snapshot: { } snapshot })
            {
                return (null, "wrong raft message type");
            }

            from = MemberIds.ToText(message.From);
            PeerLog.ReceivingSnapshot(logger, from, snapshot.Metadata.Index);
            metrics.SnapshotReceivesInFlight.Add(1, PeerMetrics.From(from));
            try
            {
                var bytes = await SaveAsync(reader, snapshot.Metadata.Index, slot).ConfigureAwait(false);
                PeerLog.ReceivedSnapshot(logger, from, snapshot.Metadata.Index, bytes, Stopwatch.GetElapsedTime(start));
            }
            finally
            {
                metrics.SnapshotReceivesInFlight.Add(-1, PeerMetrics.From(from));
            }

            metrics.SnapshotsReceived.Add(1, PeerMetrics.From(from));
            metrics.SnapshotReceiveSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, PeerMetrics.From(from));
            return (message, null);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidDataException)
        {
            problem = slot.IsDisplaced ? "another snapshot came, and this one was the slowest" : e.Message;
        }

        PeerLog.ReceiveSnapshotFailed(logger, from, problem);
        metrics.SnapshotReceiveFailures.Add(1, PeerMetrics.From(from));
        return (null, $"failed to save KV snapshot ({problem})");
    }

    private async Task<long> SaveAsync(PeerFrameReader reader, ulong index, SnapshotSlots.Slot slot)
    {
        var started = Stopwatch.GetTimestamp();
        using var file = directory.BeginDatabase(index);
        var piece = new byte[PieceBytes];
        while (await reader.ReadSomeAsync(piece).ConfigureAwait(false) is var read and > 0)
        {
            slot.Received(read);
            file.Write(piece.AsSpan(0, read));
        }

        var written = Stopwatch.GetTimestamp();
        file.Complete();
        metrics.SnapshotSyncSeconds.Record(Stopwatch.GetElapsedTime(written).TotalSeconds);
        metrics.SnapshotSaveSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return file.Length;
    }
}
