using System.Text;

namespace EtcdSharp.Grpc.Wire;

/// <summary>The percent-encoding of grpc-message: UTF-8, everything but printable ASCII and the percent sign itself escaped.</summary>
internal static class StatusText
{
    private const string HexDigits = "0123456789ABCDEF";

    public static string Encode(string message)
    {
        if (!NeedsEncoding(message))
        {
            return message;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(message);
        StringBuilder encoded = new(bytes.Length + 16);
        foreach (byte b in bytes)
        {
            if (IsPlain((char)b))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(HexDigits[b >> 4]).Append(HexDigits[b & 15]);
            }
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: an escape that is none is kept as it stands.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        byte[] source = Encoding.UTF8.GetBytes(text);
        byte[] bytes = new byte[source.Length];
        int written = 0;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '%' && i + 2 < source.Length && IsHex(source[i + 1]) && IsHex(source[i + 2]))
            {
                bytes[written++] = (byte)((Digit(source[i + 1]) << 4) | Digit(source[i + 2]));
                i += 2;
            }
            else
            {
                bytes[written++] = source[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, written);
    }

    private static bool NeedsEncoding(string message)
    {
        foreach (char c in message)
        {
            if (!IsPlain(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlain(char c) => c is >= ' ' and <= '~' and not '%';

    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    private static int Digit(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
}
