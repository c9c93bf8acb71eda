namespace EtcdSharp.Replica.Requests;

/// <summary>What of a key is compared; numbered as on the wire.</summary>
internal enum CompareTarget
{
    Version = 0,
    Create = 1,
    Mod = 2,
    Value = 3,
    Lease = 4,
}
