using System.Buffers;
using System.Buffers.Text;

namespace EtcdSharp.Replica.Tokens;

/// <summary>The three parts of a token in base64url without padding (RFC 7515), in the one spelling that each content has.</summary>
internal static class JwtText
{
    private static readonly SearchValues<char> s_alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Null for anything but the canonical text: no padding, no white space, no bits left over at the end.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(s_alphabet))
        {
            return null;
        }

        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            // Bits are left over.
            return null;
        }
    }
}
