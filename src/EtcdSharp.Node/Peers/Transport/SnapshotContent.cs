using System.Buffers;
using System.Net;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>The body of a snapshot request: the message behind its length, then the file of the store as of one moment.</summary>
internal sealed class SnapshotContent : HttpContent
{
    private const int PieceBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _head = new();
    private readonly BackendSnapshot _store;
    private readonly Action<bool> _sent;

    /// <param name="message">Goes before the store.</param>
    /// <param name="store">Stays the caller's.</param>
    /// <param name="sent">
    /// Told at the start and after each piece whether all are on their way: a request's writes cannot be given up one by one, only the
    /// request as a whole.
    /// </param>
    public SnapshotContent(Message message, BackendSnapshot store, Action<bool> sent)
    {
        _sent = sent;
        new MessageCodec().Encode(message, _head);
        _store = store;
        Headers.ContentType = new("application/octet-stream");
    }

    public long Length => _head.WrittenCount + _store.SizeBytes;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        _sent(false);
        await stream.WriteAsync(_head.WrittenMemory).ConfigureAwait(false);
        var piece = new byte[Math.Min(PieceBytes, _store.SizeBytes)];
        for (var offset = 0L; offset < _store.SizeBytes; )
        {
            var read = _store.Read(offset, piece);
            if (read == 0)
            {
                throw new IOException($"the store ends at byte {offset} of {_store.SizeBytes}");
            }

            await stream.WriteAsync(piece.AsMemory(0, read)).ConfigureAwait(false);
            offset += read;
            _sent(offset == _store.SizeBytes);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }
}
