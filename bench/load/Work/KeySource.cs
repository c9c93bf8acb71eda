namespace EtcdSharp.Bench.Work;

/// <summary>Keys by number: decimal digits, padded with zeros to the size asked for, so that they sort as the numbers do.</summary>
internal sealed class KeySource(LoadOptions options, int worker)
{
    private ulong _state = (0x9E3779B97F4A7C15UL * (ulong)(worker + 1)) | 1;
    private long _next = worker;

    public int Size { get; } = options.KeySize;

    /// <summary>The next key: in turn (the workers take turns, too) or at random.</summary>
    public long Next()
    {
        if (options.Sequential)
        {
            var key = _next % options.KeySpace;
            _next += options.Threads;
            return key;
        }
        return (long)(NextRandom() % (ulong)options.KeySpace);
    }

    /// <summary>Xorshift: a few instructions, and good enough to spread load.</summary>
    public ulong NextRandom()
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return _state;
    }

    public void Write(Span<byte> to, long key)
    {
        for (var i = Size - 1; i >= 0; i--)
        {
            (key, var digit) = Math.DivRem(key, 10);
            to[i] = (byte)('0' + digit);
        }
    }
}
