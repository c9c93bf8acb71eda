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
}
