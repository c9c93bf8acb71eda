namespace EtcdSharp.Replica.Requests;

/// <summary>A Compare of a transaction, as windows on its bytes.</summary>
internal ref struct CompareArguments
{
    public CompareResult Result;
    public CompareTarget Target;
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> RangeEnd;

    /// <summary>Which field of the oneof was set; an operand of another kind than the target counts as zero or empty.</summary>
    public int OperandField;
    public long Number;
    public ReadOnlySpan<byte> Value;
}
