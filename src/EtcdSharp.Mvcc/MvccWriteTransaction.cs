using EtcdSharp.Mvcc.Index;

namespace EtcdSharp.Mvcc;

/// <summary>
/// The changes of one applied request, all at one new revision. Reads inside see the changes made so far. Nothing
/// here can be undone: check first, then write.
/// </summary>
internal sealed class MvccWriteTransaction : IMvccReader
{
    /// <summary>The revision that reads see: the one it began at, or the new one once something has changed. Also what the response header carries.</summary>
    public long Revision => throw new NotSupportedException("to come");

    public long CompactedRevision => throw new NotSupportedException("to come");

    public bool HasChanges => throw new NotSupportedException("to come");

    public MvccStatus Range(in RangeQuery query, RangeResult result) => throw new NotSupportedException("to come");

    public bool TryGetVersion(ReadOnlySpan<byte> key, out KeyVersion version) => throw new NotSupportedException("to come");

    /// <summary>Puts a key; fills <paramref name="previous"/>, when given, with the key-value it replaces. KeyNotFound (nothing changed) when an ignored value or lease has no predecessor.</summary>
    public MvccStatus Put(in PutCommand command, RangeResult? previous = null) => throw new NotSupportedException("to come");

    /// <summary>Deletes a key or a range (range end as on the wire); returns how many; fills <paramref name="previous"/>, when given, with what was there.</summary>
    public long DeleteRange(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd, RangeResult? previous = null) => throw new NotSupportedException("to come");

    /// <summary>Hands the events to the watchers, then makes the new revision readable. Without changes the revision stays.</summary>
    public void End() => throw new NotSupportedException("to come");
}
