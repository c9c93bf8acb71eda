namespace EtcdSharp.Edge.Grpc;

/// <summary>How a transaction may be served.</summary>
internal struct TxnTraits
{
    /// <summary>It holds nothing but ranges, so it is served as a read.</summary>
    public bool IsReadOnly;

    /// <summary>All its ranges are content with this member's state.</summary>
    public bool IsSerializable;

    /// <summary>Ranges whose keys are collected to be sorted; of both branches.</summary>
    public int SortedRanges;

    /// <summary>The bytes by which it may let the backend grow, see <see cref="Apply.Quota"/>; the dearer of the branches counts.</summary>
    public long Cost;

    /// <summary>Some branch has two operations or more that change something, so that they may touch the same key.</summary>
    public bool MayOverlap;
}
