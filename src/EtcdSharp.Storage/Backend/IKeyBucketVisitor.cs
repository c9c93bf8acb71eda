namespace EtcdSharp.Storage.Backend;

internal interface IKeyBucketVisitor
{
    /// <summary>One entry of the key bucket; false ends the walk. The value is valid during the call only.</summary>
    bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value);
}
