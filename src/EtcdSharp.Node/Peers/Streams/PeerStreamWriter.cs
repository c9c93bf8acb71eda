using System.Buffers;
using System.Threading.Channels;
using EtcdSharp.Raft;

namespace EtcdSharp.Node.Peers.Streams;

/// <summary>
/// Our end of a stream that another member has opened to us: what is sent to it waits in a bounded queue and is
/// written by the request's own task, many messages at once. A newer connection takes the place of an older one.
/// </summary>
internal sealed class PeerStreamWriter(string peer, TimeSpan timeout, PeerMetrics metrics)
{
    /// <summary>
    /// Messages that may wait; etcd's figure. Appends share their entries with the log, and raft has at most 512
    /// under way per member, so the queue itself holds little.
    /// </summary>
    private const int QueueMax = 4096;

    /// <summary>Encoded bytes that are written at once: one full append.</summary>
    private const int WriteBytes = 1024 * 1024;

    /// <summary>A buffer that one huge message has blown up is not kept.</summary>
    private const int BufferBytesKept = 4 * 1024 * 1024;

    private Channel<Message>? _connection;

    public bool IsConnected => Volatile.Read(ref _connection) is not null;

    public PeerSending TrySend(Message message) =>
        Volatile.Read(ref _connection) is not { } connection ? PeerSending.NotConnected
        : connection.Writer.TryWrite(message) ? PeerSending.Queued
        : PeerSending.Full;

    /// <summary>Writes until the other member goes, another connection takes over, or the member stops.</summary>
    /// <returns>True when this was the connection in use to the end: the way is broken now.</returns>
    public async Task<bool> RunAsync(Stream body, IPeerCodec codec, CancellationToken aborted)
    {
        var connection = Channel.CreateBounded<Message>(new BoundedChannelOptions(QueueMax) { SingleReader = true });
        Interlocked.Exchange(ref _connection, connection)?.Writer.TryComplete();
        await using var heartbeat = new Timer(
            static queue => ((ChannelWriter<Message>)queue!).TryWrite(MessageCodec.LinkHeartbeat),
            connection.Writer,
            TimeSpan.Zero,
            PeerProtocol.HeartbeatInterval
        );
        try
        {
            await WriteAsync(connection.Reader, body, codec, aborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The other side has gone; it opens the stream again when it comes back.
        }

        connection.Writer.TryComplete();
        return Interlocked.CompareExchange(ref _connection, null, connection) == connection;
    }

    /// <summary>Ends the present connection.</summary>
    public void Close() => Interlocked.Exchange(ref _connection, null)?.Writer.TryComplete();

    private async Task WriteAsync(ChannelReader<Message> queue, Stream body, IPeerCodec codec, CancellationToken aborted)
    {
        var sentTo = PeerMetrics.To(peer);
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var stuck = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        while (await queue.WaitToReadAsync(aborted).ConfigureAwait(false))
        {
            while (buffer.WrittenCount < WriteBytes && queue.TryRead(out var message))
            {
                codec.Encode(message, buffer);
            }

            stuck.CancelAfter(timeout);
            await body.WriteAsync(buffer.WrittenMemory, stuck.Token).ConfigureAwait(false);
            await body.FlushAsync(stuck.Token).ConfigureAwait(false);
            stuck.CancelAfter(Timeout.InfiniteTimeSpan);
            metrics.SentBytes.Add(buffer.WrittenCount, sentTo);
            if (buffer.Capacity > BufferBytesKept)
            {
                buffer = new ArrayBufferWriter<byte>(64 * 1024);
            }
            else
            {
                buffer.ResetWrittenCount();
            }
        }
    }
}
