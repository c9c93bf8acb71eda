using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>One range read over the index and a view of the backend, with etcd's order of limiting, filtering, sorting and cutting.</summary>
internal readonly ref struct RangeExecution(KeyIndex index, BackendReader reader, RangeResult result)
{
    private readonly KeyIndex _index = index;
    private readonly BackendReader _reader = reader;
    private readonly RangeResult _result = result;

    /// <summary>False where the query's bound of bytes is not enough; the result is worth nothing then.</summary>
    public bool TryRun(in RangeQuery query, long revision)
    {
        var range = new KeyRange(query.Key, query.RangeEnd);
        if (query.CountOnly)
        {
            _result.Count = Count(range, revision);
            return true;
        }

        var isDefaultOrder =
            query.SortOrder == SortOrder.None || (query.SortTarget == SortTarget.Key && query.SortOrder == SortOrder.Ascend);
        var hasFilters = (query.MinModRevision | query.MaxModRevision | query.MinCreateRevision | query.MaxCreateRevision) != 0;
        if (range.IsOneKey)
        {
            OneKey(query, revision);
            return true;
        }

        if (!hasFilters && isDefaultOrder && query.SortTarget == SortTarget.Key)
        {
            return TryInKeyOrder(query, range, revision);
        }

        // Without an order the limit (and one more, to know that there is more) applies before the sorting: so does etcd.
        var fetch = isDefaultOrder && !hasFilters ? query.Limit : 0;
        return TrySorted(query, range, revision, fetch);
    }

    private bool IsTooLong(in RangeQuery query) => query.BytesMax > 0 && _result.Framed.Length > query.BytesMax;

    private static bool Passes(in RangeQuery query, in KeyVersion version) =>
        (query.MaxModRevision == 0 || version.Mod <= query.MaxModRevision)
        && (query.MinModRevision == 0 || version.Mod >= query.MinModRevision)
        && (query.MaxCreateRevision == 0 || version.Create <= query.MaxCreateRevision)
        && (query.MinCreateRevision == 0 || version.Create >= query.MinCreateRevision);

    private long Count(KeyRange range, long revision)
    {
        if (range.IsOneKey)
        {
            return _index.TryGet(range.Key, revision, out _) ? 1 : 0;
        }

        return _index.Count(range.Key, range.End, range.HasEnd, revision);
    }

    private void OneKey(in RangeQuery query, long revision)
    {
        if (_index.Find(query.Key) is { } record && record.TryGetAt(revision, out var version))
        {
            _result.Count = 1;
            if (Passes(query, version))
            {
                Append(query, record, version);
            }
        }
    }

    private bool TryInKeyOrder(in RangeQuery query, KeyRange range, long revision)
    {
        var scan = _index.Scan(range.Key, range.End, range.HasEnd);
        var count = 0L;
        while (scan.TryNext(out var record))
        {
            if (!record.TryGetAt(revision, out var version))
            {
                continue;
            }

            count++;
            if (query.Limit <= 0 || count <= query.Limit)
            {
                Append(query, record, version);
                if (IsTooLong(query))
                {
                    return false;
                }
            }
            else if (query.StopsAtLimit)
            {
                break;
            }
        }

        _result.Count = count;
        _result.More = query.Limit > 0 && count > query.Limit;
        return true;
    }

    private bool TrySorted(in RangeQuery query, KeyRange range, long revision, long fetch)
    {
        using var hits = RangeHits.Rent();
        var scan = _index.Scan(range.Key, range.End, range.HasEnd);
        var count = 0L;
        while (scan.TryNext(out var record))
        {
            if (!record.TryGetAt(revision, out var version))
            {
                continue;
            }

            count++;
            if ((fetch <= 0 || count - 1 <= fetch) && Passes(query, version))
            {
                hits.Add(record, version);
            }
        }

        _result.Count = count;
        Sort(query, hits);
        var kept = query.Limit > 0 ? (int)Math.Min(query.Limit, hits.Count) : hits.Count;
        _result.More = hits.Count > kept;
        for (var i = 0; i < kept; i++)
        {
            Append(query, hits[i].Record, hits[i].Version);
            if (IsTooLong(query))
            {
                return false;
            }
        }

        return true;
    }

    private void Sort(in RangeQuery query, RangeHits hits)
    {
        var descending = query.SortOrder == SortOrder.Descend;
        if (query.SortTarget == SortTarget.Value)
        {
            hits.LoadValues(_reader);
        }
        else if (query.SortTarget == SortTarget.Key && !descending)
        {
            return;
        }

        hits.Sort(query.SortTarget, descending);
    }

    private void Append(in RangeQuery query, KeyRecord record, in KeyVersion version)
    {
        if (query.KeysOnly && query.SortTarget != SortTarget.Value)
        {
            // As etcd since 3.7: from the index alone, which knows no leases.
            var size = KeyValueFields.SizeOf(record.Key.Length, version.Create, version.Mod, version.Version, 0, 0);
            KeyValueFields.Write(_result.AppendSpace(size), record.Key, version.Create, version.Mod, version.Version, [], 0);
            return;
        }

        if (!_reader.TryGetKey(version.Revision, out var encoded))
        {
            throw new InvalidOperationException($"the key bucket has lost revision {version.Revision}, which the index has");
        }

        if (!query.KeysOnly)
        {
            _result.Append(encoded);
            return;
        }

        var stored = StoredKeyValue.Parse(encoded);
        var length = KeyValueFields.SizeOf(
            stored.KeyRange.Length,
            stored.CreateRevision,
            stored.ModRevision,
            stored.Version,
            0,
            stored.Lease
        );
        KeyValueFields.Write(
            _result.AppendSpace(length),
            stored.Key,
            stored.CreateRevision,
            stored.ModRevision,
            stored.Version,
            [],
            stored.Lease
        );
    }
}
