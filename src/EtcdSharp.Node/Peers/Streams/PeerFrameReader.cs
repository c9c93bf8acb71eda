using System.Buffers.Binary;

namespace EtcdSharp.Node.Peers.Streams;

/// <summary>Reads numbers and pieces of known length from a stream that is never silent for long.</summary>
/// <remarks>Small reads are served from a buffer; a piece larger than it is read straight into its place.</remarks>
internal sealed class PeerFrameReader(Stream stream, TimeSpan silenceMax, CancellationToken stopping) : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Twice what an append carries as a rule: such a piece has its final size at once.</summary>
    private const int PieceBytesFirst = 2 * 1024 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly CancellationTokenSource _silence = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private int _start;
    private int _end;

    /// <summary>Bytes taken from the stream.</summary>
    public long BytesRead { get; private set; }

    /// <exception cref="EndOfStreamException">The other side has closed.</exception>
    /// <exception cref="OperationCanceledException">Nothing came for too long, or the caller gave up.</exception>
    public async ValueTask<byte> ReadByteAsync()
    {
        if (_start == _end)
        {
            await FillAsync(1).ConfigureAwait(false);
        }

        return _buffer[_start++];
    }

    /// <summary>A number of eight bytes, big-endian.</summary>
    public async ValueTask<ulong> ReadNumberAsync()
    {
        if (_end - _start < sizeof(ulong))
        {
            await FillAsync(sizeof(ulong)).ConfigureAwait(false);
        }

        var number = BinaryPrimitives.ReadUInt64BigEndian(_buffer.AsSpan(_start));
        _start += sizeof(ulong);
        return number;
    }

    public async ValueTask ReadAsync(Memory<byte> destination)
    {
        var buffered = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(destination.Span);
        _start += buffered;
        for (var filled = buffered; filled < destination.Length; )
        {
            if (destination.Length - filled >= BufferBytes)
            {
                filled += await ReceiveAsync(destination[filled..]).ConfigureAwait(false);
                continue;
            }

            await FillAsync(1).ConfigureAwait(false);
            var part = Math.Min(destination.Length - filled, _end - _start);
            _buffer.AsSpan(_start, part).CopyTo(destination.Span[filled..]);
            _start += part;
            filled += part;
        }
    }

    /// <summary>A piece of a length that the other side has announced. Memory grows with what comes, not with what was said.</summary>
    public async ValueTask<byte[]> ReadPieceAsync(int length)
    {
        var piece = new byte[Math.Min(length, PieceBytesFirst)];
        await ReadAsync(piece).ConfigureAwait(false);
        while (piece.Length < length)
        {
            var filled = piece.Length;
            Array.Resize(ref piece, (int)Math.Min(length, filled * 2L));
            await ReadAsync(piece.AsMemory(filled)).ConfigureAwait(false);
        }

        return piece;
    }

    /// <summary>What comes next, at least one byte; 0 at the end. For what has no length of its own.</summary>
    public async ValueTask<int> ReadSomeAsync(Memory<byte> destination)
    {
        if (_start == _end)
        {
            _silence.CancelAfter(silenceMax);
            return await stream.ReadAsync(destination, _silence.Token).ConfigureAwait(false);
        }

        var part = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, part).CopyTo(destination.Span);
        _start += part;
        return part;
    }

    public void Dispose() => _silence.Dispose();

    private async ValueTask FillAsync(int needed)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < needed)
        {
            _end += await ReceiveAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> destination)
    {
        _silence.CancelAfter(silenceMax);
        var received = await stream.ReadAsync(destination, _silence.Token).ConfigureAwait(false);
        if (received == 0)
        {
            throw new EndOfStreamException("the other member has closed the connection");
        }

        BytesRead += received;
        return received;
    }
}
