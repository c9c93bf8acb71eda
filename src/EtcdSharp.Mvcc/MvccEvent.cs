namespace EtcdSharp.Mvcc;

/// <summary>One change of one key.</summary>
internal readonly ref struct MvccEvent(long modRevision, bool isDelete, ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyValue)
{
    public long ModRevision { get; } = modRevision;

    public bool IsDelete { get; } = isDelete;

    public ReadOnlySpan<byte> Key { get; } = key;

    /// <summary>The encoded mvccpb.KeyValue for the event's <c>kv</c> field; of a deletion, key and mod_revision only.</summary>
    public ReadOnlySpan<byte> KeyValue { get; } = keyValue;
}
