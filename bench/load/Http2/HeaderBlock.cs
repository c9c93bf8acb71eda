using System.Text;

namespace EtcdSharp.Bench.Http2;

/// <summary>
/// Request headers in HPACK. What all calls share enters the peer's table with the first call and is one byte each
/// from then on, as with any gRPC client.
/// </summary>
internal sealed class HeaderBlock
{
    // Places in the static table (RFC 7541, appendix A).
    private const int AuthorityName = 1;
    private const byte MethodPost = 0x83;
    private const int PathName = 4;
    private const byte SchemeHttp = 0x86;
    private const int ContentTypeName = 31;
    private const int UserAgentName = 58;
    private const int StaticEntries = 61;

    // Entries of at most about a hundred bytes each: those of all methods fit into the 4,096 bytes of the table.
    private const int MaxEntries = 20;

    private readonly string _authority;
    private readonly Dictionary<string, int> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _ready = new(StringComparer.Ordinal);

    public HeaderBlock(string authority) => _authority = authority;

    /// <summary>The block for a call of the method, to be sent next on this connection.</summary>
    public ReadOnlySpan<byte> For(string method)
    {
        if (_ready.TryGetValue(method, out var block))
        {
            return block;
        }
        var known = _entries.Count;
        using var bytes = new MemoryStream();
        bytes.WriteByte(MethodPost);
        bytes.WriteByte(SchemeHttp);
        Field(bytes, PathName, "", method);
        Field(bytes, AuthorityName, "", _authority);
        Field(bytes, ContentTypeName, "", "application/grpc");
        Field(bytes, 0, "te", "trailers");
        Field(bytes, UserAgentName, "", "etcd-bench");
        block = bytes.ToArray();
        if (_entries.Count != known)
        {
            // New entries moved the places of all others; the next call of each method finds the final ones.
            _ready.Clear();
        }
        else
        {
            _ready.Add(method, block);
        }
        return block;
    }

    private void Field(MemoryStream to, int nameIndex, string name, string value)
    {
        var key = $"{nameIndex}{name}={value}";
        if (_entries.TryGetValue(key, out var insertedAt))
        {
            Number(to, 0x80, 7, StaticEntries + _entries.Count - insertedAt);
            return;
        }
        if (_entries.Count == MaxEntries)
        {
            throw new InvalidOperationException("more methods than the header table holds");
        }
        _entries.Add(key, _entries.Count);
        Number(to, 0x40, 6, nameIndex);
        if (nameIndex == 0)
        {
            Text(to, name);
        }
        Text(to, value);
    }

    private static void Text(MemoryStream to, string text)
    {
        Number(to, 0, 7, text.Length);
        to.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void Number(MemoryStream to, int pattern, int prefixBits, int value)
    {
        var limit = (1 << prefixBits) - 1;
        if (value < limit)
        {
            to.WriteByte((byte)(pattern | value));
            return;
        }
        to.WriteByte((byte)(pattern | limit));
        for (value -= limit; value >= 0x80; value >>= 7)
        {
            to.WriteByte((byte)(value | 0x80));
        }
        to.WriteByte((byte)value);
    }
}
