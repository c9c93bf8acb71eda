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
    /// reads a long range in pieces and would have the rest counted for each of them.
    /// </summary>
    public bool StopsAtLimit;

    /// <summary>
    /// Gives up with <see cref="MvccStatus.TooLong"/> when the framed result grows beyond this many bytes; 0 is no bound.
    /// </summary>
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
}
