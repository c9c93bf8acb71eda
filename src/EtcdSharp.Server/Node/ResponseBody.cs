using System.Buffers;
using System.Collections.Concurrent;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Server.Node;

/// <summary>
/// The encoded fields of a response that follow its header, in a buffer that is used again. The header is written
/// by the service, last, because its term and ids are the member's and not the request's. A small response is in one
/// buffer; a large one goes on in further pieces, so that growing copies nothing.
/// </summary>
/// <remarks>Room is asked for first; once it is refused, everything is dropped and what is written later is too.</remarks>
internal sealed class ResponseBody : IDisposable
{
    private const int InitialBytes = 256;

    /// <summary>Larger buffers are left to the collector instead of being kept: 256 pooled of 64 KiB are 16 MiB.</summary>
    private const int KeptBytesMax = 64 * 1024;
    private const int PooledMax = 256;

    /// <summary>Each further piece is as large as all before it, up to this: at most so much of the last one is unused.</summary>
    private const int PieceBytesMax = 1024 * 1024;

    private static readonly ConcurrentQueue<ResponseBody> Pool = new();

    private readonly List<ArraySegment<byte>> _full = [];
    private AnswerMemory _memory = AnswerMemory.Shared;
    private byte[] _piece = new byte[InitialBytes];
    private int _used;
    private long _fullBytes;
    private long _granted;
    private long _refusedBytes;
    private bool _refusedByTotal;

    private ResponseBody() { }

    /// <summary>In bytes; never more than <see cref="AnswerMemory.AnswerBytesMax"/>.</summary>
    public long Length => _fullBytes + _used;

    /// <summary>Room was refused: what was written is gone.</summary>
    public bool IsTooLarge => _refusedBytes != 0;

    /// <summary>How much more the response may have in any case that memory allows.</summary>
    public long RoomBytes => IsTooLarge ? 0 : Math.Max(0, _memory.AnswerBytesMax - Length);

    /// <summary>What the caller is told, in the words of etcd's gRPC library, with the size at which the response was given up.</summary>
    public EtcdError TooLargeError =>
        new(
            EtcdErrorCode.ResourceExhausted,
            _refusedByTotal
                ? $"etcdserver: no memory for a response of {_refusedBytes} bytes while other large ones wait to be sent"
                : $"grpc: trying to send message larger than max ({_refusedBytes} vs. {_memory.AnswerBytesMax})"
        );

    /// <summary>Valid until the next write or the disposal.</summary>
    public ReadOnlySequence<byte> Written =>
        _full.Count == 0 ? new ReadOnlySequence<byte>(_piece, 0, _used) : PieceSequence.Of(_full, _piece.AsMemory(0, _used));

    public static ResponseBody Rent(AnswerMemory memory)
    {
        var body = Pool.TryDequeue(out var pooled) ? pooled : new ResponseBody();
        body._memory = memory;
        body._granted = Math.Min(AnswerMemory.UncountedBytesMax, memory.AnswerBytesMax);
        return body;
    }

    /// <summary>False when the response is too large, with this or already: nothing more is to be written then.</summary>
    public bool TryReserve(long bytes)
    {
        var length = Length + bytes;
        return !IsTooLarge && (length <= _granted || TryGrant(length));
    }

    /// <summary>Gives the response up, because it would have this many bytes more at least.</summary>
    public void Drop(long bytes)
    {
        if (!IsTooLarge)
        {
            _refusedBytes = Length + bytes;
            Empty();
        }
    }

    /// <summary>Memory for a few fields, within what was reserved.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (_piece.Length - _used < size)
        {
            Grow(size);
        }

        return _piece.AsSpan(_used);
    }

    public void Advance(int count) => _used += count;

    /// <summary>Copies bytes, within what was reserved.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= KeptBytesMax && _piece.Length - _used < bytes.Length)
        {
            Grow(bytes.Length);
        }

        while (bytes.Length > _piece.Length - _used)
        {
            var fits = _piece.Length - _used;
            bytes[..fits].CopyTo(_piece.AsSpan(_used));
            _used += fits;
            bytes = bytes[fits..];
            BeginPiece(Math.Min(bytes.Length, PieceBytesMax));
        }

        bytes.CopyTo(_piece.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Moves what was written from <paramref name="start"/> on by <paramref name="count"/> bytes, to write a length in front of it.</summary>
    public Span<byte> InsertAt(long start, int count)
    {
        if (start >= _fullBytes && (_piece.Length - _used >= count || (_full.Count == 0 && _used + count <= KeptBytesMax)))
        {
            GetSpan(count);
            var place = (int)(start - _fullBytes);
            _piece.AsSpan(place, _used - place).CopyTo(_piece.AsSpan(place + count));
            _used += count;
            return _piece.AsSpan(place, count);
        }

        return InsertPiece(start, count);
    }

    /// <summary>Gives the buffer back; the object must not be touched any more.</summary>
    public void Dispose()
    {
        Empty();
        _refusedBytes = 0;
        _refusedByTotal = false;
        if (_piece.Length <= KeptBytesMax && Pool.Count < PooledMax)
        {
            Pool.Enqueue(this);
        }
    }

    private bool TryGrant(long length)
    {
        // What exceeds the uncounted part is taken as it comes, and given back as one.
        var isWithin = length <= _memory.AnswerBytesMax;
        if (isWithin && _memory.TryTake(length - _granted))
        {
            _granted = length;
            return true;
        }

        _refusedByTotal = isWithin;
        Drop(length - Length);
        return false;
    }

    private void Empty()
    {
        if (_granted > AnswerMemory.UncountedBytesMax)
        {
            _memory.Give(_granted - AnswerMemory.UncountedBytesMax);
        }

        _granted = 0;
        if (_full.Count != 0)
        {
            _full.Clear();
            _piece = new byte[InitialBytes];
        }

        _fullBytes = 0;
        _used = 0;
    }

    private void Grow(int more)
    {
        if (_full.Count == 0 && _used + more <= KeptBytesMax)
        {
            Array.Resize(ref _piece, Math.Min(KeptBytesMax, Math.Max(_piece.Length * 2, _used + more)));
            return;
        }

        BeginPiece(more);
    }

    private void BeginPiece(int more)
    {
        _full.Add(new ArraySegment<byte>(_piece, 0, _used));
        _fullBytes += _used;
        var size = Math.Clamp(_fullBytes, KeptBytesMax, PieceBytesMax);
        _piece = GC.AllocateUninitializedArray<byte>((int)Math.Max(size, more));
        _used = 0;
    }

    /// <summary>Puts a piece of its own between what is before the place and what is after it.</summary>
    private Span<byte> InsertPiece(long start, int count)
    {
        BeginPiece(0);
        var place = 0;
        var before = start;
        while (before > _full[place].Count)
        {
            before -= _full[place++].Count;
        }

        var inserted = new byte[count];
        var split = _full[place];
        _full[place] = split[..(int)before];
        _full.Insert(place + 1, inserted);
        _full.Insert(place + 2, split[(int)before..]);
        _fullBytes += count;
        return inserted;
    }
}
