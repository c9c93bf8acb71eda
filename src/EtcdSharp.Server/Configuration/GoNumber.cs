using System.Globalization;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// Whole numbers as etcd's flags take them: decimal, or with the prefix 0x, 0o, 0b or a leading zero (octal), and with
/// underscores between the digits.
/// </summary>
internal static class GoNumber
{
    public const string ParseError = "parse error";
    public const string OutOfRange = "value out of range";

    /// <summary>What is wrong with the text as a number of so many bits without a sign; null when it is one.</summary>
    public static string? ParseUnsigned(string text, int bits, out ulong value)
    {
        value = 0;
        if (ReadMagnitude(text, out var magnitude) is { } problem)
        {
            return problem;
        }

        if (magnitude > (UInt128.One << bits) - 1)
        {
            return OutOfRange;
        }

        value = (ulong)magnitude;
        return null;
    }

    /// <summary>As above, of 64 bits with a sign.</summary>
    public static string? ParseSigned(string text, out long value)
    {
        value = 0;
        var negative = text.StartsWith('-');
        if (ReadMagnitude(negative || text.StartsWith('+') ? text[1..] : text, out var magnitude) is { } problem)
        {
            return problem;
        }

        if (magnitude > (UInt128)long.MaxValue + (negative ? 1u : 0u))
        {
            return OutOfRange;
        }

        value = negative ? (long)-(Int128)magnitude : (long)magnitude;
        return null;
    }

    private static string? ReadMagnitude(string text, out UInt128 magnitude)
    {
        magnitude = 0;
        var (radix, digits) = text switch
        {
            ['0', 'x' or 'X', ..] => (16u, text[2..]),
            ['0', 'o' or 'O', ..] => (8u, text[2..]),
            ['0', 'b' or 'B', ..] => (2u, text[2..]),
            ['0', _, ..] => (8u, text[1..]),
            _ => (10u, text),
        };

        // One may follow a prefix, but none begins or ends a number, and no two stand together.
        var underscoreAllowed = digits.Length < text.Length;
        if (digits.Length == 0)
        {
            return ParseError;
        }

        var isTooLarge = false;
        foreach (var character in digits)
        {
            if (character == '_' && underscoreAllowed)
            {
                underscoreAllowed = false;
                continue;
            }

            if (
                !uint.TryParse([character], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digit)
                || digit >= radix
            )
            {
                return ParseError;
            }

            underscoreAllowed = true;
            isTooLarge |= magnitude > ulong.MaxValue;
            magnitude = isTooLarge ? magnitude : (magnitude * radix) + digit;
        }

        return !underscoreAllowed ? ParseError
            : magnitude > ulong.MaxValue ? OutOfRange
            : null;
    }
}
