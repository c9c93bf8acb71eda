using EtcdSharp.Mvcc.Index;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Mvcc;

/// <summary>
/// A range read of any length, done in slices. It first measures: the index knows the length of every key-value, so the
/// size of the answer is known before a value is read. Then it writes, as much at a time as there is room for, and
/// looks every key-value up when its turn comes. Between two slices it holds nothing but its place, and its pin.
/// </summary>
/// <remarks>measuring → measured (<see cref="Measure"/> says true) → written (<see cref="Write"/> says true). One caller at a time.</remarks>
internal sealed class RangeWalk : ISlicedAnswer
{
    /// <summary>A tag of one byte and a length of at most five.</summary>
    private const int FrameBytesMax = 6;

    private readonly BackendStore _backend;
    private readonly KeyIndex _index;
    private readonly RangePins _pins;
    private readonly RangePin _pin;
    private readonly RangeWalkQuery _query;
    private readonly RangeHits? _hits;
    private byte[] _from;
    private long _kept;
    private long _written;
    private long _offset;
    private byte[] _scratch = [];

    internal RangeWalk(BackendStore backend, KeyIndex index, RangePins pins, RangePin pin, long current, in RangeQuery query)
    {
        _backend = backend;
        _index = index;
        _pins = pins;
        _pin = pin;
        _query = new RangeWalkQuery(query);
        _from = _query.Key;
        _hits = query.NeedsSort && !query.CountOnly ? new RangeHits() : null;
        Revision = current;
    }

    /// <summary>The protobuf field number that the key-values are framed with; one byte as a tag.</summary>
    public int FieldNumber { get; init; } = 2;

    /// <summary>The store's newest revision when the read began: what the response's header carries.</summary>
    public long Revision { get; }

    /// <summary>The number of key-values that match, whatever the limit.</summary>
    public long Count { get; private set; }

    /// <summary>True when the limit cuts the result short.</summary>
    public bool More { get; private set; }

    /// <summary>Bytes of all key-values of the answer, framed. Known once it is measured.</summary>
    public long Bytes { get; private set; }

    /// <summary>Once true, what was written may have holes: a compaction has waited for this read long enough.</summary>
    public bool IsOvertaken => _pin.IsLost;

    /// <summary>Whether all that belongs to the answer is written.</summary>
    public bool IsWritten => _written == _kept;

    /// <summary>Looks at the next <paramref name="keysMax"/> keys; true when those were the last. Sorts, then, in one go.</summary>
    public bool Measure(int keysMax)
    {
        var query = _query.Ref();
        if (_query.IsOneKey)
        {
            if (_index.Find(_query.Key) is { } only && only.TryGetAt(_pin.Revision, out var version))
            {
                Measure(query, only, version);
            }
        }
        else if (!MeasureRange(query, keysMax))
        {
            return false;
        }

        if (_hits is not null)
        {
            SortHits(query);
        }

        _from = _query.Key;
        return true;
    }

    /// <summary>Fills <paramref name="destination"/> with what follows, looking at <paramref name="keysMax"/> keys at most; true when all is written.</summary>
    public bool Write(Span<byte> destination, int keysMax, out int length)
    {
        length = 0;
        if (IsWritten)
        {
            return true;
        }

        using var reader = _backend.BeginRead();
        BoltPlace place = default;
        var query = _query.Ref();
        if (_hits is not null)
        {
            WriteHits(query, reader, ref place, destination, keysMax, ref length);
        }
        else if (_query.IsOneKey)
        {
            if (_index.Find(_query.Key) is { } only && only.TryGetAt(_pin.Revision, out var version))
            {
                TryWrite(query, reader, ref place, only, version, destination, ref length);
            }
        }
        else
        {
            WriteRange(query, reader, ref place, destination, keysMax, ref length);
        }

        return IsWritten;
    }

    /// <summary>
    /// Appends whole key-values of a sorted walk until they have <paramref name="bytesMax"/> bytes together; true when all is
    /// written. Its <see cref="RangeResult.More"/> is the answer's.
    /// </summary>
    public bool WriteSorted(RangeResult result, int bytesMax, int keysMax)
    {
        using var reader = _backend.BeginRead();
        BoltPlace place = default;
        var query = _query.Ref();
        for (var looked = 0; looked < keysMax && !IsWritten && result.Framed.Length < bytesMax; looked++)
        {
            var record = _hits![(int)_written];
            if (
                !record.TryGetAt(_pin.Revision, out var version)
                || !TryEncode(query, reader, ref place, record, version, out var body)
            )
            {
                ThrowUnlessOvertaken(record);
                break;
            }

            result.Append(body);
            _written++;
        }

        result.More = More;
        return IsWritten;
    }

    public void Dispose()
    {
        _pins.Remove(_pin);
        _hits?.Dispose();
    }

    private bool MeasureRange(in RangeQuery query, int keysMax)
    {
        var range = new KeyRange(query.Key, query.RangeEnd);
        var scan = _index.Scan(_from, range.End, range.HasEnd);
        for (var looked = 0; scan.TryNext(out var record); looked++)
        {
            if (looked == keysMax)
            {
                _from = record.Key;
                return false;
            }

            if (record.TryGetAt(_pin.Revision, out var version))
            {
                Measure(query, record, version);
            }
        }

        return true;
    }

    private void Measure(in RangeQuery query, KeyRecord record, in KeyVersion version)
    {
        Count++;
        if (query.CountOnly || !query.Passes(version))
        {
            return;
        }

        if (_hits is not null)
        {
            if (_hits.Count < query.FetchedBeforeSorting)
            {
                _hits.Add(record, version, query.SortTarget);
            }
        }
        else if (query.Limit > 0 && _kept == query.Limit)
        {
            More = true;
        }
        else
        {
            _kept++;
            Bytes += SizeOfFrame(LengthOf(query, record, version));
        }
    }

    private void SortHits(in RangeQuery query)
    {
        using var reader = _backend.BeginRead();
        _hits!.Sort(query.SortTarget, query.SortOrder == SortOrder.Descend, reader, _pin.Revision);
        _kept = query.Limit > 0 ? Math.Min(query.Limit, _hits.Count) : _hits.Count;
        More = _hits.Count > _kept;
        for (var i = 0; i < _kept; i++)
        {
            if (_hits[i].TryGetAt(_pin.Revision, out var version))
            {
                var length =
                    query.KeysOnly && query.SortTarget == SortTarget.Value && reader.TryGetKey(version.Revision, out var encoded)
                        ? RangeEncoding.SizeWithoutValue(encoded)
                        : LengthOf(query, _hits[i], version);
                Bytes += SizeOfFrame(length);
            }
        }
    }

    private void WriteHits(
        in RangeQuery query,
        BackendReader reader,
        ref BoltPlace place,
        Span<byte> destination,
        int keysMax,
        ref int length
    )
    {
        for (var looked = 0; looked < keysMax && !IsWritten; looked++)
        {
            var record = _hits![(int)_written];
            if (!record.TryGetAt(_pin.Revision, out var version))
            {
                ThrowUnlessOvertaken(record);
                return;
            }

            if (!TryWrite(query, reader, ref place, record, version, destination, ref length))
            {
                return;
            }
        }
    }

    private void WriteRange(
        in RangeQuery query,
        BackendReader reader,
        ref BoltPlace place,
        Span<byte> destination,
        int keysMax,
        ref int length
    )
    {
        var range = new KeyRange(query.Key, query.RangeEnd);
        var scan = _index.Scan(_from, range.End, range.HasEnd);
        for (var looked = 0; !IsWritten && scan.TryNext(out var record); looked++)
        {
            if (looked == keysMax)
            {
                _from = record.Key;
                return;
            }

            if (!record.TryGetAt(_pin.Revision, out var version) || !query.Passes(version))
            {
                continue;
            }

            if (!TryWrite(query, reader, ref place, record, version, destination, ref length))
            {
                _from = record.Key;
                return;
            }
        }
    }

    /// <summary>True when the key-value is written to its end, else there was no room for the rest of it.</summary>
    private bool TryWrite(
        in RangeQuery query,
        BackendReader reader,
        ref BoltPlace place,
        KeyRecord record,
        in KeyVersion version,
        Span<byte> destination,
        ref int length
    )
    {
        if (!TryEncode(query, reader, ref place, record, version, out var body))
        {
            ThrowUnlessOvertaken(record);
            return false;
        }

        Span<byte> frame = stackalloc byte[FrameBytesMax];
        var writer = new ProtoWriter(frame);
        writer.WriteBytesHeader(FieldNumber, body.Length);
        frame = frame[..writer.Position];
        var room = destination[length..];
        var written = 0;
        if (_offset < frame.Length)
        {
            var head = frame[(int)_offset..];
            written = Math.Min(head.Length, room.Length);
            head[..written].CopyTo(room);
        }

        var rest = body[(int)Math.Max(0, _offset + written - frame.Length)..];
        var copied = Math.Min(rest.Length, room.Length - written);
        rest[..copied].CopyTo(room[written..]);
        length += written + copied;
        _offset += written + copied;
        if (_offset < frame.Length + body.Length)
        {
            return false;
        }

        _offset = 0;
        _written++;
        return true;
    }

    /// <summary>The key-value as it goes into the answer; false where the store has lost it.</summary>
    private bool TryEncode(
        in RangeQuery query,
        BackendReader reader,
        ref BoltPlace place,
        KeyRecord record,
        in KeyVersion version,
        out ReadOnlySpan<byte> body
    )
    {
        if (query.KeysOnly && query.SortTarget != SortTarget.Value)
        {
            var size = RangeEncoding.SizeOfIndexed(record, version);
            EnsureScratch(size);
            RangeEncoding.WriteIndexed(_scratch.AsSpan(0, size), record, version);
            body = _scratch.AsSpan(0, size);
            return true;
        }

        if (!reader.TryGetKey(version.Revision, ref place, out body))
        {
            return false;
        }

        if (query.KeysOnly)
        {
            var size = RangeEncoding.SizeWithoutValue(body);
            EnsureScratch(size);
            RangeEncoding.WriteWithoutValue(_scratch.AsSpan(0, size), body);
            body = _scratch.AsSpan(0, size);
        }
        else if (body.Length != version.EncodedLength)
        {
            throw new InvalidOperationException(
                $"the key bucket has {body.Length} bytes for revision {version.Revision}, the index {version.EncodedLength}"
            );
        }

        return true;
    }

    private static int LengthOf(in RangeQuery query, KeyRecord record, in KeyVersion version) =>
        query.KeysOnly ? RangeEncoding.SizeOfIndexed(record, version) : version.EncodedLength;

    private long SizeOfFrame(int length) =>
        ProtoWriter.SizeOfTag(FieldNumber) + ProtoWriter.SizeOfVarint((uint)length) + (long)length;

    private void EnsureScratch(int size)
    {
        if (_scratch.Length < size)
        {
            _scratch = new byte[size];
        }
    }

    private void ThrowUnlessOvertaken(KeyRecord record)
    {
        if (!IsOvertaken)
        {
            throw new InvalidOperationException(
                $"a key of {record.Key.Length} bytes has lost its version at revision {_pin.Revision}, which is held"
            );
        }
    }
}
