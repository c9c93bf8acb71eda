using System.Buffers.Binary;
using Google.Protobuf;

namespace EtcdSharp.Bench.Work;

/// <summary>
/// A request encoded once with placeholders for its keys: each use overwrites the keys in place, so that a request
/// costs a copy of its bytes.
/// </summary>
internal sealed class RequestTemplate
{
    private const int Prefix = 5;

    private readonly int[] _keys;
    private readonly int[] _ends;
    private readonly byte[] _frame;

    /// <summary>The placeholder of the end of a range is one byte different from that of a key.</summary>
    public RequestTemplate(string method, IMessage message, int keySize, int series)
    {
        Method = method;
        Series = series;
        _frame = new byte[Prefix + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(_frame.AsSpan(1), _frame.Length - Prefix);
        message.ToByteArray().CopyTo(_frame, Prefix);
        _keys = Find(KeyPlaceholder(keySize));
        _ends = Find(EndPlaceholder(keySize));
    }

    public string Method { get; }

    /// <summary>Which series of the results the request counts in.</summary>
    public int Series { get; }

    public static byte[] KeyPlaceholder(int keySize) => Filled(keySize, 0xFE);

    public static byte[] EndPlaceholder(int keySize) => Filled(keySize, 0xFD);

    /// <summary>The request with this key, and the end of its range where it has one. Valid until the next use.</summary>
    public ReadOnlySpan<byte> With(KeySource keys, long key, long end)
    {
        foreach (var at in _keys)
        {
            keys.Write(_frame.AsSpan(at), key);
        }
        foreach (var at in _ends)
        {
            keys.Write(_frame.AsSpan(at), end);
        }
        return _frame;
    }

    /// <summary>The bytes of the frame from where the marker was written, for values that change with each request.</summary>
    public Span<byte> From(ReadOnlySpan<byte> marker) => _frame.AsSpan(_frame.AsSpan().IndexOf(marker));

    public ReadOnlySpan<byte> Frame => _frame;

    private static byte[] Filled(int length, byte value)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private int[] Find(byte[] placeholder)
    {
        List<int> found = [];
        for (var at = 0; _frame.AsSpan(at).IndexOf(placeholder) is >= 0 and var next; at += placeholder.Length)
        {
            at += next;
            found.Add(at);
        }
        return [.. found];
    }
}
