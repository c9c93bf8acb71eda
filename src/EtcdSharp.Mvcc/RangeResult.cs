using System.Buffers;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>
/// What a range read found, ready for the wire: every key-value is a framed length-delimited field
/// (<see cref="FieldNumber"/>, 2 in RangeResponse and PutResponse, 3 in DeleteRangeResponse), one after the other in
/// one buffer. Rented and disposed by one caller at a time; spans are valid until the next fill or the disposal.
/// </summary>
internal sealed class RangeResult : IDisposable
{
    /// <summary>A result that grew beyond this gives its buffer back at disposal: 64 results kept × 256 KiB = 16 MiB at most.</summary>
    private const int KeptBytesMax = 256 * 1024;
    private const int KeptResultsMax = 64;
    private const int FirstBufferBytes = 4096;
    private const int FirstItems = 16;

    /// <summary>
    /// What is made in one go, <c>KvService.WholeBytesMax</c>, fits. Larger buffers are the collector's: the shared pool would keep one of
    /// any size for each thread.
    /// </summary>
    private const int PooledBytesMax = 1024 * 1024;

    /// <summary>A tag of one byte and a length of at most five.</summary>
    private const int FrameBytesMax = 6;

    /// <summary>Shorter key-values are always copied: a reference to them, and its way into the answer, cost about as much.</summary>
    private const int ReferredBytesMin = 256;

    /// <summary>A place of 4, a revision of 16 and a length of 4 bytes.</summary>
    private const int BytesPerReference = 24;

    private static readonly ResultPool Pool = new(KeptResultsMax);

    private byte[] _buffer = [];
    private (int Start, int Length)[] _items = [];
    private readonly List<StoredReference> _references = [];
    private RangeBounds _bounds = RangeBounds.None;
    private int _length;
    private long _referredBytes;

    private RangeResult() { }

    /// <summary>The number of key-values that match, whatever the limit.</summary>
    public long Count { get; internal set; }

    /// <summary>True when the limit cut the result short.</summary>
    public bool More { get; internal set; }

    /// <summary>The store's newest revision when the read was made: what the response's header carries.</summary>
    public long Revision { get; internal set; }

    /// <summary>The protobuf field number that the key-values are framed with.</summary>
    public int FieldNumber { get; private set; } = 2;

    public int KeyValueCount { get; private set; }

    /// <summary>The framed bytes of all key-values, those that are referred to included.</summary>
    public long TotalBytes => _length + _referredBytes;

    /// <summary>The key-values that were not copied; see <see cref="RangeBounds.CopiedBytesMax"/>.</summary>
    public IReadOnlyList<StoredReference> References => _references;

    /// <summary>The result had more bytes than it may have, this many at least: there are no key-values in it.</summary>
    public long TooLargeBytes { get; private set; }

    /// <summary>All key-values, framed.</summary>
    public ReadOnlySpan<byte> Framed => _buffer.AsSpan(0, _length);

    public static RangeResult Rent(int fieldNumber = 2) => Rent(fieldNumber, RangeBounds.None);

    public static RangeResult Rent(int fieldNumber, in RangeBounds bounds)
    {
        var result = Pool.TryTake() ?? new RangeResult();
        result.Clear();
        result.FieldNumber = fieldNumber;
        result._bounds = bounds;
        return result;
    }

    /// <summary>One key-value as an encoded mvccpb.KeyValue, without its frame.</summary>
    public ReadOnlySpan<byte> KeyValue(int i)
    {
        var (start, length) = _items[i];
        return _buffer.AsSpan(start, length);
    }

    public void Clear()
    {
        _length = 0;
        KeyValueCount = 0;
        Count = 0;
        More = false;
        Revision = 0;
        TooLargeBytes = 0;
        _references.Clear();
        _referredBytes = 0;
    }

    public void Dispose()
    {
        Clear();
        if (_buffer.Length > KeptBytesMax)
        {
            ReturnBuffer();
            _buffer = [];
            _items = [];
        }

        Pool.Give(this);
    }

    /// <summary>Whether the result has passed one of its bounds; nothing more is to be appended then.</summary>
    internal bool IsBeyond(int copiedBytesMax)
    {
        var copied = _length + ((long)_references.Count * BytesPerReference);
        if (
            TotalBytes > _bounds.TotalBytesMax
            || copied > _bounds.HeldBytesMax
            || (copiedBytesMax > 0 && _length > copiedBytesMax)
        )
        {
            TooLargeBytes = TotalBytes;
        }

        return TooLargeBytes != 0;
    }

    /// <summary>Whether a key-value of this length is to be referred to: small ones are copied, and all while they are few.</summary>
    internal bool RefersTo(int length) => length >= ReferredBytesMin && _length + (long)length > _bounds.CopiedBytesMax;

    /// <summary>What a key-value of this length takes.</summary>
    internal int SizeOfFramed(int length) => ProtoWriter.SizeOfBytesField(FieldNumber, length);

    /// <summary>Makes room for so many framed bytes in all.</summary>
    internal void Reserve(int bytes) => EnsureRoom(bytes - _length);

    /// <summary>Frames a key-value that stays where it is.</summary>
    internal void AppendReference(Revision revision, int length)
    {
        EnsureRoom(FrameBytesMax);
        var writer = new ProtoWriter(_buffer.AsSpan(_length));
        writer.WriteBytesHeader(FieldNumber, length);
        _length += writer.Position;
        _references.Add(new StoredReference(_length, revision, length));
        _referredBytes += length;
        KeyValueCount++;
    }

    /// <summary>Frames and appends one encoded key-value.</summary>
    internal void Append(ReadOnlySpan<byte> keyValue) => keyValue.CopyTo(AppendSpace(keyValue.Length));

    /// <summary>Appends a frame for a body of <paramref name="length"/> bytes and gives the body to fill.</summary>
    internal Span<byte> AppendSpace(int length)
    {
        var framed = ProtoWriter.SizeOfBytesField(FieldNumber, length);
        EnsureRoom(framed);
        var writer = new ProtoWriter(_buffer.AsSpan(_length));
        writer.WriteBytesHeader(FieldNumber, length);
        var start = _length + writer.Position;
        if (KeyValueCount >= _items.Length)
        {
            Array.Resize(ref _items, Math.Max(FirstItems, Math.Max(KeyValueCount + 1, _items.Length * 2)));
        }

        _items[KeyValueCount++] = (start, length);
        _length += framed;
        return _buffer.AsSpan(start, length);
    }

    private void EnsureRoom(int more)
    {
        if (_buffer.Length - _length >= more)
        {
            return;
        }

        var size = Math.Max(
            FirstBufferBytes,
            Math.Max(checked(_length + more), (int)Math.Min(Array.MaxLength, _buffer.Length * 2L))
        );
        var larger = size <= PooledBytesMax ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ReturnBuffer();
        _buffer = larger;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length is > 0 and <= PooledBytesMax)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    /// <summary>A bounded stack of results; the lock is held for two instructions.</summary>
    private sealed class ResultPool(int capacity)
    {
        private readonly RangeResult?[] _kept = new RangeResult?[capacity];
        private readonly Lock _gate = new();
        private int _count;

        public RangeResult? TryTake()
        {
            lock (_gate)
            {
                if (_count == 0)
                {
                    return null;
                }

                var taken = _kept[--_count];
                _kept[_count] = null;
                return taken;
            }
        }

        public void Give(RangeResult result)
        {
            lock (_gate)
            {
                if (_count < _kept.Length)
                {
                    _kept[_count++] = result;
                }
            }
        }
    }
}
