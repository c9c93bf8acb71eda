using System.Runtime.InteropServices;

namespace EtcdSharp.Mvcc;

/// <summary>How large a <see cref="RangeResult"/> may get, in bytes.</summary>
/// <param name="TotalBytesMax">All key-values framed, copied or referred to.</param>
/// <param name="HeldBytesMax">What is copied, and the references to the rest.</param>
/// <param name="CopiedBytesMax">Copied up to here; what comes then, unless it is short, is left where it is stored and referred to.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RangeBounds(long TotalBytesMax, long HeldBytesMax, long CopiedBytesMax)
{
    public static readonly RangeBounds None = new(long.MaxValue, long.MaxValue, long.MaxValue);
}
