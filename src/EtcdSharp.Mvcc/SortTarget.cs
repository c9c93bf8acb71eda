namespace EtcdSharp.Mvcc;

/// <summary>Numbered as RangeRequest.SortTarget on the wire.</summary>
internal enum SortTarget
{
    Key = 0,
    Version = 1,
    Create = 2,
    Mod = 3,
    Value = 4,
}
