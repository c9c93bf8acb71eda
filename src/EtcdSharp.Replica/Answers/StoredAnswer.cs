using EtcdSharp.Mvcc;

namespace EtcdSharp.Replica.Answers;

/// <summary>
/// A response that refers to key-values in the store, on its way out: each is looked up when its turn comes, and until
/// the last is written compactions leave them alone.
/// </summary>
internal sealed class StoredAnswer : ISlicedAnswer
{
    private readonly MvccStore _store;
    private readonly ResponseBody _body;
    private readonly RangePin _pin;
    private readonly IEnumerator<ResponsePiece> _pieces;
    private bool _hasPiece;
    private int _offset;

    /// <summary>Apply thread, before another entry: a compaction may be the next.</summary>
    public StoredAnswer(MvccStore store, ResponseBody body)
    {
        _store = store;
        _body = body;
        _pin = store.Pin(body.OldestRevision);
        _pieces = body.Pieces().GetEnumerator();
        _hasPiece = _pieces.MoveNext();
    }

    public long Bytes => _body.Length;

    public bool IsOvertaken => _pin.IsLost;

    public bool Write(Span<byte> destination, int keysMax, out int length)
    {
        length = 0;
        using var reader = _store.Backend.BeginRead();
        for (var looked = 0; _hasPiece && looked < keysMax; looked++)
        {
            var piece = _pieces.Current;
            ReadOnlySpan<byte> bytes;
            if (!piece.IsReference)
            {
                bytes = piece.Memory.Span;
            }
            else if (!reader.TryGetKey(piece.Revision, out bytes))
            {
                return IsOvertaken
                    ? false
                    : throw new InvalidOperationException($"the key bucket has lost revision {piece.Revision}, which is held");
            }

            var rest = bytes[_offset..];
            var room = destination[length..];
            var fits = Math.Min(rest.Length, room.Length);
            rest[..fits].CopyTo(room);
            length += fits;
            _offset += fits;
            if (fits < rest.Length)
            {
                break;
            }

            _offset = 0;
            _hasPiece = _pieces.MoveNext();
        }

        return !_hasPiece;
    }

    /// <summary>All of it at once, for who must have it so: at most the bytes of an array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        return Write(bytes, int.MaxValue, out _) ? bytes : throw new TxnExecutionException(MvccStatus.Compacted);
    }

    public void Dispose()
    {
        _pieces.Dispose();
        _store.Unpin(_pin);
        _body.Dispose();
    }
}
