using System.Globalization;
using System.Text;

namespace EtcdSharp.CommandLine.Text;

/// <summary>Go's quoted strings (<c>%q</c>), in which etcd's programs print keys and read comparisons.</summary>
public static class GoQuote
{
    public static string Of(string text) => Of(RawText.ToBytes(text));

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var quoted = new StringBuilder(bytes.Length + 2).Append('"');
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                Append(quoted, rune);
            }
            else
            {
                length = 1;
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{bytes[0]:x2}");
            }

            bytes = bytes[length..];
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Reads a double-quoted or back-quoted string at the start of a text.</summary>
    /// <param name="text">What to read.</param>
    /// <param name="value">What the string says.</param>
    /// <param name="length">How many characters it takes, quotes included.</param>
    public static bool TryRead(string text, out string value, out int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = "";
        length = 0;
        if (text.Length < 2)
        {
            return false;
        }

        if (text[0] == '`')
        {
            var end = text.IndexOf('`', 1);
            if (end > 0)
            {
                value = text[1..end].Replace("\r", "", StringComparison.Ordinal);
                length = end + 1;
            }

            return end > 0;
        }

        return text[0] == '"' && TryReadEscaped(text, out value, out length);
    }

    private static bool TryReadEscaped(string text, out string value, out int length)
    {
        var bytes = new List<byte>();
        value = "";
        length = 0;
        var start = 1;
        for (var i = 1; i < text.Length; )
        {
            switch (text[i])
            {
                case '"':
                    bytes.AddRange(RawText.ToBytes(text[start..i]));
                    value = RawText.FromBytes([.. bytes]);
                    length = i + 1;
                    return true;
                case '\n':
                    return false;
                case '\\':
                    bytes.AddRange(RawText.ToBytes(text[start..i]));
                    if (!TryReadEscape(text, ref i, bytes))
                    {
                        return false;
                    }

                    start = i;
                    break;
                default:
                    i++;
                    break;
            }
        }

        return false;
    }

    private static bool TryReadEscape(string text, ref int at, List<byte> bytes)
    {
        if (at + 1 >= text.Length)
        {
            return false;
        }

        var kind = text[at + 1];
        at += 2;
        const string letters = "abfnrtv\\\"";
        const string meanings = "\a\b\f\n\r\t\v\\\"";
        var letter = letters.IndexOf(kind, StringComparison.Ordinal);
        if (letter >= 0)
        {
            bytes.Add((byte)meanings[letter]);
            return true;
        }

        switch (kind)
        {
            case 'x':
                return TryDigits(text, ref at, 2, 16, out var octet) && Add(bytes, octet);
            case 'u' or 'U':
                if (!TryDigits(text, ref at, kind == 'u' ? 4 : 8, 16, out var point) || !Rune.IsValid(point))
                {
                    return false;
                }

                bytes.AddRange(Encoding.UTF8.GetBytes(new Rune(point).ToString()));
                return true;
            case >= '0' and <= '7':
                at--;
                return TryDigits(text, ref at, 3, 8, out var octal) && octal <= byte.MaxValue && Add(bytes, octal);
            default:
                return false;
        }
    }

    private static bool Add(List<byte> bytes, int octet)
    {
        bytes.Add((byte)octet);
        return true;
    }

    private static bool TryDigits(string text, ref int at, int count, int numberBase, out int value)
    {
        value = 0;
        if (at + count > text.Length)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            var digit = char.IsAsciiHexDigit(text[at]) ? Convert.ToInt32(text[at].ToString(), 16) : int.MaxValue;
            if (digit >= numberBase)
            {
                return false;
            }

            value = (value * numberBase) + digit;
            at++;
        }

        return true;
    }

    private static void Append(StringBuilder quoted, Rune rune)
    {
        const string escaped = "\a\b\f\n\r\t\v\\\"";
        const string letters = "abfnrtv\\\"";
        var special = rune.IsAscii ? escaped.IndexOf((char)rune.Value, StringComparison.Ordinal) : -1;
        if (special >= 0)
        {
            quoted.Append('\\').Append(letters[special]);
        }
        else if (IsPrintable(rune))
        {
            quoted.Append(rune.ToString());
        }
        else if (rune.Value < ' ' || rune.Value == 0x7f)
        {
            quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        }
        else if (rune.IsBmp)
        {
            quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        else
        {
            quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }
    }

    /// <summary>Letters, marks, numbers, punctuation, symbols and the ASCII space, as in Go.</summary>
    private static bool IsPrintable(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
