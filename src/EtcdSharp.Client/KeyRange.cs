using System.Runtime.InteropServices;

namespace EtcdSharp.Client;

/// <summary>Which keys a call is about: one, those with a prefix, or all between two. A key converts by itself.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyRange
{
    private KeyRange(EtcdBytes start, EtcdBytes end)
    {
        Start = start;
        End = end;
    }

    /// <summary>All keys there are.</summary>
    public static KeyRange All { get; } = new(Zero, Zero);

    /// <summary>The first key.</summary>
    public EtcdBytes Start { get; }

    /// <summary>The first key behind the range; empty for a single key, one zero byte for everything from the start on.</summary>
    public EtcdBytes End { get; }

    /// <summary>Whether this is one key.</summary>
    public bool IsSingle => End.IsEmpty;

    private static EtcdBytes Zero => new byte[1];

    /// <summary>One key.</summary>
    public static implicit operator KeyRange(EtcdBytes key) => Single(key);

    /// <summary>One key.</summary>
    public static implicit operator KeyRange(string key) => Single(key);

    /// <summary>One key.</summary>
    public static implicit operator KeyRange(byte[] key) => Single(key);

    /// <summary>One key.</summary>
    public static KeyRange Single(EtcdBytes key) => new(key, EtcdBytes.Empty);

    /// <summary>All keys that begin so; all keys at all where the prefix is empty.</summary>
    public static KeyRange Prefix(EtcdBytes prefix) => prefix.IsEmpty ? All : new(prefix, EndOfPrefix(prefix));

    /// <summary>This key and all behind it.</summary>
    public static KeyRange From(EtcdBytes start) => new(start.IsEmpty ? Zero : start, Zero);

    /// <summary>The keys from <paramref name="start"/> on that come before <paramref name="end"/>.</summary>
    public static KeyRange Between(EtcdBytes start, EtcdBytes end) =>
        end.IsEmpty
            ? throw new ArgumentException("an empty end would mean one single key; say From or Single", nameof(end))
            : new(start, end);

    /// <summary>The same keys without those up to and with the given one.</summary>
    internal KeyRange After(EtcdBytes key) => new(key.Append([0]), End);

    /// <summary>The first key that comes behind all that begin so; a zero byte (no end) behind 0xff bytes alone.</summary>
    internal static EtcdBytes EndOfPrefix(EtcdBytes prefix)
    {
        var end = prefix.ToArray();
        for (var i = end.Length - 1; i >= 0; i--)
        {
            if (end[i] < byte.MaxValue)
            {
                end[i]++;
                return end.AsMemory(0, i + 1).ToArray();
            }
        }

        return Zero;
    }
}
