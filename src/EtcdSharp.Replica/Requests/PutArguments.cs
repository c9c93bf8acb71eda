namespace EtcdSharp.Replica.Requests;

/// <summary>A PutRequest, as windows on its bytes.</summary>
internal ref struct PutArguments
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> Value;
    public long Lease;
    public bool PrevKv;
    public bool IgnoreValue;
    public bool IgnoreLease;
}
