using EtcdSharp.Mvcc.Index;

namespace EtcdSharp.Mvcc;

/// <summary>Reads at one revision: a read transaction, or a write transaction that sees its own changes.</summary>
internal interface IMvccReader
{
    /// <summary>The revision that reads without a revision of their own see.</summary>
    long Revision { get; }

    /// <summary>The revision of the last compaction, -1 before the first.</summary>
    long CompactedRevision { get; }

    /// <summary>
    /// Fills <paramref name="result"/> (which is cleared first). A read transaction may answer
    /// <see cref="MvccStatus.Compacted"/> even without a revision in the query when a compaction overtook it; the
    /// caller then begins a new one.
    /// </summary>
    MvccStatus Range(in RangeQuery query, RangeResult result);

    /// <summary>
    /// Shows the keys of a range as of <see cref="Revision"/> (range end as on the wire) to a visitor, in key order, until
    /// it has seen enough. Nothing is copied. A compaction that overtakes a read transaction may hide keys: whoever has
    /// walked looks at <see cref="CompactedRevision"/> afterwards.
    /// </summary>
    void Visit<TVisitor>(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd, bool withValues, ref TVisitor visitor)
        where TVisitor : struct, IKeyVisitor, allows ref struct;

    /// <summary>Revisions and version of a key as of <see cref="Revision"/>, from the index alone; false when the key is not there.</summary>
    bool TryGetVersion(ReadOnlySpan<byte> key, out KeyVersion version);
}
