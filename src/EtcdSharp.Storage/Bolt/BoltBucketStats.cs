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

    /// <summary>Takes in the counts of another bucket beside this one.</summary>
    public void Add(BoltBucketStats other)
    {
        BranchPages += other.BranchPages;
        BranchOverflowPages += other.BranchOverflowPages;
        LeafPages += other.LeafPages;
        LeafOverflowPages += other.LeafOverflowPages;
        Keys += other.Keys;
        Depth = Math.Max(Depth, other.Depth);
        BranchBytesInUse += other.BranchBytesInUse;
        LeafBytesInUse += other.LeafBytesInUse;
        Buckets += other.Buckets;
        InlineBuckets += other.InlineBuckets;
        InlineBytesInUse += other.InlineBytesInUse;
    }
}
