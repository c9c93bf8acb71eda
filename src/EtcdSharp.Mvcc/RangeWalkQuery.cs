namespace EtcdSharp.Mvcc;

/// <summary>A <see cref="RangeQuery"/> that outlives the bytes of its request.</summary>
internal sealed class RangeWalkQuery(in RangeQuery query)
{
    private readonly long _limit = query.Limit;
    private readonly SortOrder _sortOrder = query.SortOrder;
    private readonly SortTarget _sortTarget = query.SortTarget;
    private readonly bool _keysOnly = query.KeysOnly;
    private readonly bool _countOnly = query.CountOnly;
    private readonly long _minModRevision = query.MinModRevision;
    private readonly long _maxModRevision = query.MaxModRevision;
    private readonly long _minCreateRevision = query.MinCreateRevision;
    private readonly long _maxCreateRevision = query.MaxCreateRevision;
    private readonly byte[] _rangeEnd = query.RangeEnd.ToArray();

    public byte[] Key { get; } = query.Key.ToArray();

    public bool IsOneKey => _rangeEnd.Length == 0;

    /// <summary>The query without its revision, which the walk's pin has.</summary>
    public RangeQuery Ref() =>
        new()
        {
            Key = Key,
            RangeEnd = _rangeEnd,
            Limit = _limit,
            SortOrder = _sortOrder,
            SortTarget = _sortTarget,
            KeysOnly = _keysOnly,
            CountOnly = _countOnly,
            MinModRevision = _minModRevision,
            MaxModRevision = _maxModRevision,
            MinCreateRevision = _minCreateRevision,
            MaxCreateRevision = _maxCreateRevision,
        };
}
