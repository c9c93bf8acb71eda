using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;
using BoltPlace = EtcdSharp.Storage.Bolt.BoltPlace;

namespace EtcdSharp.Mvcc;

/// <summary>One range read over the index and a view of the backend, with etcd's order of limiting, filtering, sorting and cutting.</summary>
internal ref struct RangeExecution(KeyIndex index, BackendReader reader, RangeResult result)
{
    /// <summary>
    /// Once an answer has so many bytes the rest is measured before it is copied: measuring costs a tenth of copying, and what turns out to
    /// be too much for one go has cost no more than this.
    /// </summary>
    private const int MeasuredBeyondBytes = 32 * 1024;

    private readonly KeyIndex _index = index;
    private readonly BackendReader _reader = reader;
    private readonly RangeResult _result = result;
    private BoltPlace _place;

    /// <summary>False where the query's bounds of one go are not enough; the result is worth nothing then.</summary>
    public bool TryRun(in RangeQuery query, long revision)
    {
        var range = new KeyRange(query.Key, query.RangeEnd);
        if (query.CountOnly)
        {
            return TryCount(query, range, revision);
        }

        if (range.IsOneKey)
        {
            return TryOneKey(query, revision);
        }

        return query.NeedsSort ? TrySorted(query, range, revision) : TryInKeyOrder(query, range, revision);
    }

    private bool TryCount(in RangeQuery query, KeyRange range, long revision)
    {
        if (range.IsOneKey)
        {
            _result.Count = _index.TryGet(range.Key, revision, out _) ? 1 : 0;
            return true;
        }

        if (query.KeysMax == 0)
        {
            _result.Count = _index.Count(range.Key, range.End, range.HasEnd, revision);
            return true;
        }

        var scan = _index.Scan(range.Key, range.End, range.HasEnd);
        var count = 0L;
        for (var looked = 0; scan.TryNext(out var record); looked++)
        {
            if (looked == query.KeysMax)
            {
                return false;
            }

            if (record.TryGetAt(revision, out _))
            {
                count++;
            }
        }

        _result.Count = count;
        return true;
    }

    private bool TryOneKey(in RangeQuery query, long revision)
    {
        if (_index.Find(query.Key) is { } record && record.TryGetAt(revision, out var version))
        {
            _result.Count = 1;
            if (!HasRoomFor(query, version))
            {
                return false;
            }

            if (query.Passes(version))
            {
                Append(query, record, version);
            }
        }

        return true;
    }

    private bool TryInKeyOrder(in RangeQuery query, KeyRange range, long revision)
    {
        var scan = _index.Scan(range.Key, range.End, range.HasEnd);
        var count = 0L;
        var more = false;
        var isMeasured = query.BytesMax == 0 || query.StopsAtLimit;
        for (var looked = 0; scan.TryNext(out var record); looked++)
        {
            if (query.KeysMax > 0 && looked == query.KeysMax)
            {
                return false;
            }

            if (!record.TryGetAt(revision, out var version))
            {
                continue;
            }

            count++;
            if (!query.Passes(version))
            {
                continue;
            }

            if (
                (query.Limit > 0 && _result.KeyValueCount == query.Limit)
                || (query.StopsAtLimit && query.BytesMax > 0 && _result.Framed.Length > query.BytesMax)
            )
            {
                more = true;
                if (query.StopsAtLimit)
                {
                    break;
                }

                continue;
            }

            if (!isMeasured && _result.Framed.Length > MeasuredBeyondBytes)
            {
                isMeasured = true;
                if (!TryMeasureRest(query, scan, record, looked, revision))
                {
                    return false;
                }
            }

            if (!query.StopsAtLimit && !HasRoomFor(query, version))
            {
                return false;
            }

            Append(query, record, version);
        }

        _result.Count = count;
        _result.More = more;
        return true;
    }

    /// <summary>
    /// Adds up, from the index alone, what is still to come, the key-value at hand included; false where it is too much for one go. Makes
    /// room for all of it at once: a buffer that grows copies everything again.
    /// </summary>
    private readonly bool TryMeasureRest(in RangeQuery query, TreeScan ahead, KeyRecord record, int looked, long revision)
    {
        var kept = _result.KeyValueCount;
        var bytes = (long)_result.Framed.Length;
        while (true)
        {
            if (record.TryGetAt(revision, out var version) && query.Passes(version))
            {
                bytes += _result.SizeOfFramed(
                    query.KeysOnly ? RangeEncoding.SizeOfIndexed(record, version) : version.EncodedLength
                );
                if (bytes > query.BytesMax)
                {
                    return false;
                }

                if (++kept == query.Limit)
                {
                    break;
                }
            }

            if (!ahead.TryNext(out record))
            {
                break;
            }

            if (query.KeysMax > 0 && ++looked == query.KeysMax)
            {
                return false;
            }
        }

        _result.Reserve((int)bytes);
        return true;
    }

    private bool TrySorted(in RangeQuery query, KeyRange range, long revision)
    {
        using var hits = RangeHits.Rent();
        var fetch = query.FetchedBeforeSorting;
        var valueBytes = 0L;
        var scan = _index.Scan(range.Key, range.End, range.HasEnd);
        var count = 0L;
        for (var looked = 0; scan.TryNext(out var record); looked++)
        {
            if (query.KeysMax > 0 && looked == query.KeysMax)
            {
                return false;
            }

            if (!record.TryGetAt(revision, out var version))
            {
                continue;
            }

            count++;
            if (hits.Count < fetch && query.Passes(version))
            {
                hits.Add(record, version, query.SortTarget);
                valueBytes += version.EncodedLength;
            }
        }

        // Values that are the same from end to end are compared from end to end. Without a limit all are copied.
        if (
            query.KeysMax > 0
            && (query.SortTarget == SortTarget.Value || (query.Limit == 0 && !query.KeysOnly))
            && valueBytes > query.BytesMax
        )
        {
            return false;
        }

        _result.Count = count;
        hits.Sort(query.SortTarget, query.SortOrder == SortOrder.Descend, _reader, revision);
        var kept = query.Limit > 0 ? (int)Math.Min(query.Limit, hits.Count) : hits.Count;
        _result.More = hits.Count > kept;
        for (var i = 0; i < kept; i++)
        {
            if (!hits[i].TryGetAt(revision, out var version))
            {
                // Only a compaction takes it away; the caller then finds that it was overtaken.
                continue;
            }

            if (!HasRoomFor(query, version))
            {
                return false;
            }

            Append(query, hits[i], version);
        }

        return true;
    }

    /// <summary>Looked at before a value is copied. Keys without their values go over by one at most.</summary>
    private bool HasRoomFor(in RangeQuery query, in KeyVersion version) =>
        !_result.IsBeyond(copiedBytesMax: 0)
        && (query.BytesMax == 0 || _result.Framed.Length + (query.KeysOnly ? 0L : version.EncodedLength) <= query.BytesMax);

    private void Append(in RangeQuery query, KeyRecord record, in KeyVersion version)
    {
        if (query.KeysOnly && query.SortTarget != SortTarget.Value)
        {
            RangeEncoding.WriteIndexed(_result.AppendSpace(RangeEncoding.SizeOfIndexed(record, version)), record, version);
            return;
        }

        if (!query.KeysOnly && _result.RefersTo(version.EncodedLength))
        {
            _result.AppendReference(version.Revision, version.EncodedLength);
            return;
        }

        var encoded = MvccStore.ReadKey(_reader, version.Revision, ref _place);
        if (query.KeysOnly)
        {
            RangeEncoding.WriteWithoutValue(_result.AppendSpace(RangeEncoding.SizeWithoutValue(encoded)), encoded);
        }
        else
        {
            _result.Append(encoded);
        }
    }
}
