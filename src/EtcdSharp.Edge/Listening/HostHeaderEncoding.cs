using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// Reads the name of the host that a request is for. A client whose endpoint is <c>:2379</c> sends just that, which Go's
/// server takes and Kestrel refuses as malformed before anybody can be asked; a port without a host becomes an empty name,
/// which both take. Kestrel offers no other place to say so: see <see cref="KestrelServerOptions.RequestHeaderEncodingSelector"/>.
/// </summary>
internal sealed class HostHeaderEncoding : Encoding
{
    private const string Authority = ":authority";

    private static readonly HostHeaderEncoding s_instance = new();

    private HostHeaderEncoding() { }

    /// <summary>Null, which is Kestrel's own, for all other headers.</summary>
    public static Encoding? Of(string header) => header is Authority || header == HeaderNames.Host ? s_instance : null;

    public override int GetCharCount(byte[] bytes, int index, int count) =>
        IsPortAlone(bytes.AsSpan(index, count)) ? 0 : Latin1.GetCharCount(bytes, index, count);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        IsPortAlone(bytes.AsSpan(byteIndex, byteCount)) ? 0 : Latin1.GetChars(bytes, byteIndex, byteCount, chars, charIndex);

    public override int GetMaxCharCount(int byteCount) => Latin1.GetMaxCharCount(byteCount);

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    private static bool IsPortAlone(ReadOnlySpan<byte> host) =>
        host.Length > 1 && host[0] == ':' && !host[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
