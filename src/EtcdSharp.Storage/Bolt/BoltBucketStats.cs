namespace EtcdSharp.Storage.Bolt;

/// <summary>Counts over one bucket and the buckets inside it.</summary>
internal sealed class BoltBucketStats
{
    public long BranchPages { get; set; }

    public long BranchOverflowPages { get; set; }

    public long LeafPages { get; set; }

    public long LeafOverflowPages { get; set; }

    public long Keys { get; set; }

    public int Depth { get; set; }

    public long BranchBytesInUse { get; set; }

    public long LeafBytesInUse { get; set; }

    public long Buckets { get; set; }

    public long InlineBuckets { get; set; }

    public long InlineBytesInUse { get; set; }
}
