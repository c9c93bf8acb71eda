using System.Globalization;
using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Snap;

/// <summary>The name of a .snap file: the term and the index of the snapshot, so that the newest sorts last.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SnapshotFileName(ulong Term, ulong Index)
{
    public const string Suffix = ".snap";
    private const int HexDigits = 16;

    public override string ToString() => $"{Term:x16}-{Index:x16}{Suffix}";

    public static bool TryParse(string name, out SnapshotFileName parsed)
    {
        parsed = default;
        if (
            name.Length != HexDigits + 1 + HexDigits + Suffix.Length
            || name[HexDigits] != '-'
            || !name.EndsWith(Suffix, StringComparison.Ordinal)
            || !TryParseHex(name.AsSpan(0, HexDigits), out var term)
            || !TryParseHex(name.AsSpan(HexDigits + 1, HexDigits), out var index)
        )
        {
            return false;
        }

        parsed = new SnapshotFileName(term, index);
        return true;
    }

    internal static bool TryParseHex(ReadOnlySpan<char> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
