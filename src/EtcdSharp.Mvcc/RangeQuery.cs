using EtcdSharp.Mvcc.Index;

namespace EtcdSharp.Mvcc;

/// <summary>
/// One range read, with the options of the wire's RangeRequest. <see cref="RangeEnd"/> is as on the wire too: empty
/// asks for the one key, a single zero byte for every key from <see cref="Key"/> on, anything else is the exclusive end.
/// </summary>
internal ref struct RangeQuery
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> RangeEnd;

    /// <summary>At most this many key-values; 0 is no limit.</summary>
    public long Limit;

    /// <summary>
    /// In key order, looks no further than one key beyond the limit: the count is then of what was seen. For whoever
    /// reads a long range in pieces and would have the rest counted for each of them. <see cref="BytesMax"/> is a limit
    /// too then.
    /// </summary>
    public bool StopsAtLimit;

    /// <summary>
    /// Gives up with <see cref="MvccStatus.TooLong"/> when more keys than this have to be looked at, or the result
    /// grows beyond <see cref="BytesMax"/>; 0 is no bound. For whoever goes on with a <see cref="RangeWalk"/> then.
    /// </summary>
    public int KeysMax;

    /// <summary>Bytes of the framed result; 0 is no bound.</summary>
    public int BytesMax;

    /// <summary>The revision to read at; 0 is the newest.</summary>
    public long Revision;
    public SortOrder SortOrder;
    public SortTarget SortTarget;

    /// <summary>Leaves out values (and leases, which are stored with them).</summary>
    public bool KeysOnly;
    public bool CountOnly;
    public long MinModRevision;
    public long MaxModRevision;
    public long MinCreateRevision;
    public long MaxCreateRevision;

    /// <summary>True when the answer's order is another one than the index's.</summary>
    public readonly bool NeedsSort => SortTarget != SortTarget.Key || SortOrder == SortOrder.Descend;

    /// <summary>
    /// How many keys in key order are sorted. Without an order the limit (and one more, to know that there is more)
    /// applies before the sorting: so does etcd.
    /// </summary>
    public readonly long FetchedBeforeSorting =>
        SortOrder == SortOrder.None && !HasFilters && Limit > 0 && Limit < long.MaxValue ? Limit + 1 : long.MaxValue;

    public readonly bool HasFilters => (MinModRevision | MaxModRevision | MinCreateRevision | MaxCreateRevision) != 0;

    public readonly bool Passes(in KeyVersion version) =>
        (MaxModRevision == 0 || version.Mod <= MaxModRevision)
        && (MinModRevision == 0 || version.Mod >= MinModRevision)
        && (MaxCreateRevision == 0 || version.Create <= MaxCreateRevision)
        && (MinCreateRevision == 0 || version.Create >= MinCreateRevision);
}
