using System.Buffers;
using System.Collections.Concurrent;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;

namespace EtcdSharp.Replica.Answers;

/// <summary>
/// The encoded fields of a response that follow its header, in a buffer that is used again. The header is written
/// by the service, last, because its term and ids are the member's and not the request's. A small response is in one
/// buffer; a large one goes on in further pieces, so that growing copies nothing, and refers to the key-values that are
/// left in the store.
/// </summary>
/// <remarks>Room is asked for first; once it is refused, everything is dropped and what is written later is too.</remarks>
internal sealed class ResponseBody : IDisposable
{
    private const int InitialBytes = 256;

    /// <summary>Larger buffers are left to the collector instead of being kept: 256 pooled of 64 KiB are 16 MiB.</summary>
    private const int KeptBytesMax = 64 * 1024;
    private const int PooledMax = 256;

    /// <summary>Each further buffer is as large as all before it, up to this: at most so much of the last one is unused.</summary>
    private const int BufferBytesMax = 1024 * 1024;

    private static readonly ConcurrentQueue<ResponseBody> Pool = new();

    private readonly List<ResponsePiece> _full = [];
    private AnswerMemory _memory = AnswerMemory.Shared;
    private byte[] _buffer = new byte[InitialBytes];
    private int _start;
    private int _used;
    private long _fullBytes;
    private long _referredBytes;
    private long _references;
    private long _granted;
    private string? _refusal;

    private ResponseBody() { }

    /// <summary>In bytes of the message, never more than <see cref="AnswerMemory.MessageBytesMax"/>.</summary>
    public long Length => _fullBytes + _used - _start;

    /// <summary>Room was refused: what was written is gone.</summary>
    public bool IsTooLarge => _refusal is not null;

    public bool HasReferences => _references != 0;

    /// <summary>The oldest revision that was read at; nothing older than what is current then is referred to.</summary>
    public long OldestRevision { get; private set; } = long.MaxValue;

    /// <summary>What a result that is to be written here may have.</summary>
    public RangeBounds Bounds =>
        new(_memory.MessageBytesMax - Length, _memory.HeldBytesMax, AnswerMemory.CopiedBytesMax - Length);

    /// <summary>What the caller is told.</summary>
    public EtcdError TooLargeError => new(EtcdErrorCode.ResourceExhausted, _refusal ?? "");

    /// <summary>All bytes, where none are left in the store. Valid until the next write or the disposal.</summary>
    public ReadOnlySequence<byte> Written =>
        HasReferences ? throw new InvalidOperationException("a part of the response is in the store")
        : _full.Count == 0 ? new ReadOnlySequence<byte>(_buffer, 0, _used)
        : PieceSequence.Of(Pieces());

    public static ResponseBody Rent(AnswerMemory memory)
    {
        var body = Pool.TryDequeue(out var pooled) ? pooled : new ResponseBody();
        body._memory = memory;
        body._granted = Math.Min(AnswerMemory.UncountedBytesMax, memory.HeldBytesMax);
        return body;
    }

    /// <summary>In the order of the response.</summary>
    public IEnumerable<ResponsePiece> Pieces() => _full.Append(new ResponsePiece(_buffer, _start, _used - _start, default));

    /// <summary>False when the response is too large, with these bytes or already: nothing more is to be written then.</summary>
    public bool TryReserve(long bytes) => TryReserve(bytes, 0, 0);

    /// <summary>As above for bytes of which some are not copied.</summary>
    public bool TryReserve(long bytes, RangeResult keyValues) =>
        TryReserve(bytes, keyValues.TotalBytes - keyValues.Framed.Length, keyValues.References.Count);

    /// <summary>Gives the response up: it would have this many bytes at least.</summary>
    public void Drop(long length)
    {
        if (!IsTooLarge)
        {
            // In the words of etcd's gRPC library.
            Refuse($"grpc: trying to send message larger than max ({length} vs. {_memory.MessageBytesMax})");
        }
    }

    /// <summary>Memory for a few fields, within what was reserved.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (_buffer.Length - _used < size)
        {
            Grow(size);
        }

        return _buffer.AsSpan(_used);
    }

    public void Advance(int count) => _used += count;

    /// <summary>What is written next was read at a revision, or is newer.</summary>
    public void ReadAt(long revision) => OldestRevision = Math.Min(OldestRevision, revision);

    /// <summary>Copies the key-values of a result, or the references to them, within what was reserved.</summary>
    public void Append(RangeResult keyValues)
    {
        var copied = keyValues.Framed;
        if (keyValues.References.Count == 0)
        {
            Append(copied);
            return;
        }

        var from = 0;
        foreach (var reference in keyValues.References)
        {
            Append(copied[from..reference.At]);
            from = reference.At;
            Seal();
            _full.Add(new ResponsePiece(null, 0, reference.Length, reference.Revision));
            _fullBytes += reference.Length;
            _referredBytes += reference.Length;
            _references++;
        }

        Append(copied[from..]);
    }

    /// <summary>Moves what was written from <paramref name="start"/> on by <paramref name="count"/> bytes, to write a length in front of it.</summary>
    public Span<byte> InsertAt(long start, int count)
    {
        if (start >= _fullBytes && (_buffer.Length - _used >= count || (_full.Count == 0 && _used + count <= KeptBytesMax)))
        {
            GetSpan(count);
            var place = _start + (int)(start - _fullBytes);
            _buffer.AsSpan(place, _used - place).CopyTo(_buffer.AsSpan(place + count));
            _used += count;
            return _buffer.AsSpan(place, count);
        }

        return InsertPiece(start, count);
    }

    /// <summary>Gives the buffer back; the object must not be touched any more.</summary>
    public void Dispose()
    {
        Empty();
        _refusal = null;
        if (_buffer.Length <= KeptBytesMax && Pool.Count < PooledMax)
        {
            Pool.Enqueue(this);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= KeptBytesMax && _buffer.Length - _used < bytes.Length)
        {
            Grow(bytes.Length);
        }

        while (bytes.Length > _buffer.Length - _used)
        {
            var fits = _buffer.Length - _used;
            bytes[..fits].CopyTo(_buffer.AsSpan(_used));
            _used += fits;
            bytes = bytes[fits..];
            BeginBuffer(Math.Min(bytes.Length, BufferBytesMax));
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private bool TryReserve(long bytes, long referredBytes, long references)
    {
        if (IsTooLarge)
        {
            return false;
        }

        var length = Length + bytes;
        if (length > _memory.MessageBytesMax)
        {
            Drop(length);
            return false;
        }

        var held = length - _referredBytes - referredBytes + ((_references + references) * AnswerMemory.BytesPerReference);
        return held <= _granted || TryGrant(held);
    }

    private bool TryGrant(long held)
    {
        // What exceeds the uncounted part is taken as it comes, and given back as one.
        if (held > _memory.HeldBytesMax)
        {
            Refuse($"etcdserver: a response that takes {held} bytes of memory is larger than max ({_memory.HeldBytesMax})");
            return false;
        }

        if (!_memory.TryTake(held - _granted))
        {
            Refuse($"etcdserver: no memory for a response that takes {held} bytes while others wait to be sent");
            return false;
        }

        _granted = held;
        return true;
    }

    private void Refuse(string refusal)
    {
        _refusal = refusal;
        Empty();
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
            _full.TrimExcess();
            _buffer = new byte[InitialBytes];
        }

        (_start, _used) = (0, 0);
        (_fullBytes, _referredBytes, _references) = (0, 0, 0);
        OldestRevision = long.MaxValue;
    }

    private void Grow(int more)
    {
        if (_full.Count == 0 && _used + more <= KeptBytesMax)
        {
            Array.Resize(ref _buffer, Math.Min(KeptBytesMax, Math.Max(_buffer.Length * 2, _used + more)));
            return;
        }

        BeginBuffer(more);
    }

    private void BeginBuffer(int more)
    {
        Seal();
        var size = Math.Clamp(_fullBytes - _referredBytes, KeptBytesMax, BufferBytesMax);
        _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Max(size, more));
        (_start, _used) = (0, 0);
    }

    /// <summary>Makes a piece of what the buffer has beyond the last piece.</summary>
    private void Seal()
    {
        if (_used > _start)
        {
            _full.Add(new ResponsePiece(_buffer, _start, _used - _start, default));
            _fullBytes += _used - _start;
            _start = _used;
        }
    }

    /// <summary>Puts a piece of its own between what is before the place and what is after it, which both begin an operation's response.</summary>
    private Span<byte> InsertPiece(long start, int count)
    {
        Seal();
        var inserted = new byte[count];
        var (place, before) = (0, start);
        while (place < _full.Count && before >= _full[place].Length)
        {
            before -= _full[place++].Length;
        }

        if (before > 0)
        {
            var split = _full[place];
            _full[place++] = split with { Length = (int)before };
            _full.Insert(place, split with { Start = split.Start + (int)before, Length = split.Length - (int)before });
        }

        _full.Insert(place, new ResponsePiece(inserted, 0, count, default));
        _fullBytes += count;
        return inserted;
    }
}
