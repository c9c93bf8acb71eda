namespace EtcdSharp.Mvcc;

/// <summary>One put, with the options of the wire's PutRequest. That the lease exists is the caller's to have checked.</summary>
internal ref struct PutCommand
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> Value;
    public long Lease;
    public bool IgnoreValue;
    public bool IgnoreLease;
}
