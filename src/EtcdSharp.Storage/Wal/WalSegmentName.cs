using System.Globalization;
using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Wal;

/// <summary>The name of a segment: its place in the sequence and the index of the first entry that may be in it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalSegmentName(ulong Sequence, ulong FirstIndex)
{
    public const string Suffix = ".wal";
    private const int HexDigits = 16;
    private const int NameLength = HexDigits + 1 + HexDigits + 4;

    public override string ToString() => $"{Sequence:x16}-{FirstIndex:x16}{Suffix}";

    public static bool TryParse(string name, out WalSegmentName parsed)
    {
        parsed = default;
        if (name.Length != NameLength || name[HexDigits] != '-' || !name.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return false;
        }

        if (
            !TryParseHex(name.AsSpan(0, HexDigits), out var sequence)
            || !TryParseHex(name.AsSpan(HexDigits + 1, HexDigits), out var firstIndex)
        )
        {
            return false;
        }

        parsed = new WalSegmentName(sequence, firstIndex);
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<char> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
