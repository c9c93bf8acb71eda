namespace EtcdSharp.Mvcc.Watch;

/// <summary>The past as the store has it.</summary>
internal sealed class StoreWatchHistory(MvccStore store) : IWatchHistory
{
    public long CurrentRevision => store.CurrentRevision;

    public long CompactedRevision => store.CompactedRevision;

    public MvccStatus ReadHistory(long fromRevision, long toRevision, long bytesMax, MvccEvents events, out long nextRevision) =>
        store.ReadHistory(fromRevision, toRevision, bytesMax, events, out nextRevision);

    public byte[]? ReadKeyValue(ReadOnlySpan<byte> key, long revision)
    {
        if (revision <= 0)
        {
            return null;
        }

        using var result = RangeResult.Rent();
        var query = new RangeQuery { Key = key, Revision = revision };
        return store.Range(in query, result) == MvccStatus.Ok && result.KeyValueCount == 1 ? result.KeyValue(0).ToArray() : null;
    }
}
