using System.Text;

namespace EtcdSharp.CommandLine.Text;

/// <summary>
/// Bytes as a string and back without loss. Bytes that are no UTF-8 become lone surrogates U+DC80 to U+DCFF, one each,
/// which no valid text contains.
/// </summary>
public static class RawText
{
    private const int EscapeBase = 0xdc00;

    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                length = 1;
                text.Append((char)(EscapeBase + bytes[0]));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    public static byte[] ToBytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!HasEscapes(text))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new List<byte>(text.Length * 2);
        Span<byte> encoded = stackalloc byte[4];
        for (var i = 0; i < text.Length; )
        {
            if (IsEscape(text[i]))
            {
                bytes.Add((byte)(text[i] - EscapeBase));
                i++;
                continue;
            }

            _ = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var taken);
            bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
            i += taken;

            // The second half of a pair looks like an escape; it was taken with the first.
        }

        return [.. bytes];
    }

    private static bool HasEscapes(string text)
    {
        foreach (var one in text)
        {
            if (IsEscape(one))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEscape(char one) => one is >= (char)(EscapeBase + 0x80) and <= (char)(EscapeBase + 0xff);
}
