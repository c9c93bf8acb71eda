using System.Runtime.InteropServices;

namespace EtcdSharp.Mvcc;

/// <summary>A key and a range end as on the wire, told apart: one key, a range, or everything from a key on.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct KeyRange(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd)
{
    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> End { get; } = rangeEnd;

    public bool IsOneKey => End.IsEmpty;

    /// <summary>A range end of a single zero byte means that there is none.</summary>
    public bool HasEnd => !(End.Length == 1 && End[0] == 0);
}
