namespace EtcdSharp.Mvcc;

/// <summary>Numbered as RangeRequest.SortOrder on the wire.</summary>
internal enum SortOrder
{
    None = 0,
    Ascend = 1,
    Descend = 2,
}
