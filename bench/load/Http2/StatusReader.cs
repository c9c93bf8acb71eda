namespace EtcdSharp.Bench.Http2;

/// <summary>
/// Finds grpc-status in the headers of an answer. The peer is told to keep no table, so that every field is either in
/// the static table or spelled out.
/// </summary>
internal sealed class StatusReader
{
    public const int None = -1;

    private const int MaxStatus = 16;

    // The codes of RFC 7541, appendix B, for the letters and digits that are looked for.
    private static readonly Dictionary<char, (int Code, int Bits)> Huffman = new()
    {
        ['g'] = (0x26, 6),
        ['r'] = (0x2c, 6),
        ['p'] = (0x2b, 6),
        ['c'] = (0x4, 5),
        ['-'] = (0x16, 6),
        ['s'] = (0x8, 5),
        ['t'] = (0x9, 5),
        ['a'] = (0x3, 5),
        ['u'] = (0x2d, 6),
        ['0'] = (0x0, 5),
        ['1'] = (0x1, 5),
        ['2'] = (0x2, 5),
        ['3'] = (0x19, 6),
        ['4'] = (0x1a, 6),
        ['5'] = (0x1b, 6),
        ['6'] = (0x1c, 6),
        ['7'] = (0x1d, 6),
        ['8'] = (0x1e, 6),
        ['9'] = (0x1f, 6),
    };

    private static readonly byte[] PackedName = Pack("grpc-status");

    private static readonly byte[][] PackedValues = [.. Enumerable.Range(0, MaxStatus + 1).Select(status => Pack($"{status}"))];

    private byte[] _lastBlock = [];
    private int _lastStatus = None;

    /// <summary>The status in the block, or <see cref="None"/>.</summary>
    public int Read(ReadOnlySpan<byte> block)
    {
        // Almost every answer ends with the same bytes as the one before.
        if (!block.SequenceEqual(_lastBlock))
        {
            _lastStatus = Parse(block);
            _lastBlock = block.ToArray();
        }
        return _lastStatus;
    }

    private static int Parse(ReadOnlySpan<byte> block)
    {
        var status = None;
        while (!block.IsEmpty)
        {
            var first = block[0];
            if ((first & 0x80) != 0)
            {
                Number(ref block, 7);
            }
            else if ((first & 0xE0) == 0x20)
            {
                Number(ref block, 5);
            }
            else
            {
                var index = Number(ref block, (first & 0x40) != 0 ? 6 : 4);
                var wanted = index == 0 && Is(Text(ref block, out var packedName), packedName, "grpc-status"u8, PackedName);
                var value = Text(ref block, out var packed);
                status = wanted ? StatusOf(value, packed) : status;
            }
        }
        return status;
    }

    private static bool Is(ReadOnlySpan<byte> text, bool packed, ReadOnlySpan<byte> plainForm, ReadOnlySpan<byte> packedForm) =>
        text.SequenceEqual(packed ? packedForm : plainForm);

    private static int StatusOf(ReadOnlySpan<byte> value, bool packed)
    {
        Span<byte> digits = stackalloc byte[2];
        for (var status = 0; status <= MaxStatus; status++)
        {
            status.TryFormat(digits, out var length);
            if (Is(value, packed, digits[..length], PackedValues[status]))
            {
                return status;
            }
        }
        throw new InvalidDataException($"a grpc-status of bytes {Convert.ToHexString(value)}");
    }

    private static ReadOnlySpan<byte> Text(ref ReadOnlySpan<byte> block, out bool packed)
    {
        packed = (block[0] & 0x80) != 0;
        var length = Number(ref block, 7);
        var text = block[..length];
        block = block[length..];
        return text;
    }

    private static int Number(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var limit = (1 << prefixBits) - 1;
        var value = block[0] & limit;
        var at = 1;
        if (value == limit)
        {
            for (var shift = 0; ; shift += 7)
            {
                var next = block[at++];
                value += (next & 0x7F) << shift;
                if ((next & 0x80) == 0)
                {
                    break;
                }
            }
        }
        block = block[at..];
        return value;
    }

    private static byte[] Pack(string text)
    {
        List<byte> bytes = [];
        var (pending, bits) = (0UL, 0);
        foreach (var letter in text)
        {
            var (code, length) = Huffman[letter];
            (pending, bits) = ((pending << length) | (uint)code, bits + length);
            for (; bits >= 8; bits -= 8)
            {
                bytes.Add((byte)(pending >> (bits - 8)));
            }
        }
        if (bits > 0)
        {
            // The rest of the last byte is filled with ones.
            bytes.Add((byte)((pending << (8 - bits)) | (0xFFu >> bits)));
        }
        return [.. bytes];
    }
}
