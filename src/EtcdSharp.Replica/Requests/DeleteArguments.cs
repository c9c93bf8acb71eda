namespace EtcdSharp.Replica.Requests;

/// <summary>A DeleteRangeRequest, as windows on its bytes.</summary>
internal ref struct DeleteArguments
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> RangeEnd;
    public bool PrevKv;
}
