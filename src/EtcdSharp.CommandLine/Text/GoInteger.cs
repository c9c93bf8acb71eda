using System.Globalization;

namespace EtcdSharp.CommandLine.Text;

/// <summary>Reads whole numbers as Go does, down to the words of its complaints.</summary>
public static class GoInteger
{
    /// <summary>Null, or what is wrong with the text. Base 0 reads 0x, 0o and 0b, too.</summary>
    public static string? ParseSigned(string text, int numberBase, out long value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = 0;
        var digits = text.AsSpan();
        var negative = digits.StartsWith("-");
        if (negative || digits.StartsWith("+"))
        {
            digits = digits[1..];
        }

        var problem = Magnitude(digits, numberBase, out var magnitude);
        var limit = negative ? (ulong)long.MaxValue + 1 : long.MaxValue;
        if (problem is null && magnitude > limit)
        {
            problem = "value out of range";
        }

        if (problem is not null)
        {
            return Complaint("ParseInt", text, problem);
        }

        value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        return null;
    }

    /// <summary>Null, or what is wrong with the text.</summary>
    public static string? ParseUnsigned(string text, int numberBase, out ulong value)
    {
        ArgumentNullException.ThrowIfNull(text);
        var problem = Magnitude(text, numberBase, out value);
        return problem is null ? null : Complaint("ParseUint", text, problem);
    }

    private static string Complaint(string function, string text, string problem) =>
        $"strconv.{function}: parsing {GoQuote.Of(text)}: {problem}";

    private static string? Magnitude(ReadOnlySpan<char> digits, int numberBase, out ulong value)
    {
        value = 0;
        var underscores = numberBase == 0;
        if (numberBase == 0)
        {
            numberBase = BaseOf(ref digits);
        }

        if (digits.IsEmpty)
        {
            return "invalid syntax";
        }

        UInt128 sum = 0;
        foreach (var one in digits)
        {
            if (one == '_' && underscores)
            {
                continue;
            }

            var digit = char.IsAsciiHexDigit(one) ? int.Parse([one], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : -1;
            if (digit < 0 || digit >= numberBase)
            {
                return "invalid syntax";
            }

            sum = UInt128.Min((sum * (uint)numberBase) + (uint)digit, (UInt128)ulong.MaxValue + 1);
        }

        if (sum > ulong.MaxValue)
        {
            return "value out of range";
        }

        value = (ulong)sum;
        return null;
    }

    private static int BaseOf(ref ReadOnlySpan<char> digits)
    {
        if (digits.Length < 2 || digits[0] != '0')
        {
            return 10;
        }

        var (numberBase, prefix) = char.ToLowerInvariant(digits[1]) switch
        {
            'x' => (16, 2),
            'b' => (2, 2),
            'o' => (8, 2),
            _ => (8, 1),
        };
        digits = digits[prefix..];
        return numberBase;
    }
}
