using System.Collections;

namespace EtcdSharp.Grpc;

/// <summary>
/// Headers or trailers of a call, in order, names in lower case. The value of a name that ends in <c>-bin</c> is arbitrary bytes and
/// travels as base64; every other value is printable ASCII.
/// </summary>
public sealed class GrpcMetadata : IEnumerable<KeyValuePair<string, string>>
{
    internal const string BinarySuffix = "-bin";

    private readonly List<KeyValuePair<string, string>> entries = [];

    /// <summary>Shared, and must not be added to.</summary>
    internal static GrpcMetadata Empty { get; } = new();

    public int Count => entries.Count;

    /// <summary>The last value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            for (int i = entries.Count - 1; i >= 0; i--)
            {
                if (string.Equals(entries[i].Key, name, StringComparison.OrdinalIgnoreCase))
                {
                    return entries[i].Value;
                }
            }

            return null;
        }
    }

    public void Add(string name, string value) => entries.Add(new(name.ToLowerInvariant(), value));

    public void Add(string name, ReadOnlySpan<byte> value)
    {
        if (!name.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"the name of a binary value ends in {BinarySuffix}", nameof(name));
        }

        // The protocol sends base64 without padding and accepts both.
        Add(name, Convert.ToBase64String(value).TrimEnd('='));
    }

    /// <summary>The first value of that name, or null.</summary>
    internal string? First(string name)
    {
        foreach ((string key, string value) in entries)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The bytes of a <c>-bin</c> entry; null where the name is missing or the value is not base64.</summary>
    public byte[]? Binary(string name) => DecodeBinary(this[name]);

    public List<KeyValuePair<string, string>>.Enumerator GetEnumerator() => entries.GetEnumerator();

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() =>
        entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => entries.GetEnumerator();

    internal static byte[]? DecodeBinary(string? value)
    {
        if (value is null)
        {
            return null;
        }

        string padded = (value.Length % 4) switch
        {
            2 => value + "==",
            3 => value + "=",
            _ => value,
        };
        byte[] bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out int written) ? bytes[..written] : null;
    }
}
