using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;

namespace EtcdSharp.Client;

/// <summary>
/// A key or a value: bytes, ordered as etcd orders them. Text converts by itself, as UTF-8. An array or memory is not
/// copied, so it must not change while it is in use here.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct EtcdBytes : IEquatable<EtcdBytes>, IComparable<EtcdBytes>
{
    private readonly ReadOnlyMemory<byte> bytes;

    /// <summary>The bytes as they are, not copied.</summary>
    public EtcdBytes(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <summary>The UTF-8 form of a text.</summary>
    public EtcdBytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>No bytes at all.</summary>
    public static EtcdBytes Empty => default;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => bytes.Span;

    /// <summary>How many bytes.</summary>
    public int Length => bytes.Length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => bytes.IsEmpty;

    /// <summary>UTF-8.</summary>
    public static implicit operator EtcdBytes(string text) => new(text);

    /// <summary>Not copied.</summary>
    public static implicit operator EtcdBytes(byte[] bytes) => new(bytes.AsMemory());

    /// <summary>Not copied.</summary>
    public static implicit operator EtcdBytes(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>One after the other.</summary>
    public static EtcdBytes operator +(EtcdBytes left, EtcdBytes right) => left.Append(right.Span);

    /// <summary>The same bytes.</summary>
    public static bool operator ==(EtcdBytes left, EtcdBytes right) => left.Equals(right);

    /// <summary>Not the same bytes.</summary>
    public static bool operator !=(EtcdBytes left, EtcdBytes right) => !left.Equals(right);

    /// <summary>Comes before in etcd's order.</summary>
    public static bool operator <(EtcdBytes left, EtcdBytes right) => left.CompareTo(right) < 0;

    /// <summary>Comes before in etcd's order, or is the same.</summary>
    public static bool operator <=(EtcdBytes left, EtcdBytes right) => left.CompareTo(right) <= 0;

    /// <summary>Comes after in etcd's order.</summary>
    public static bool operator >(EtcdBytes left, EtcdBytes right) => left.CompareTo(right) > 0;

    /// <summary>Comes after in etcd's order, or is the same.</summary>
    public static bool operator >=(EtcdBytes left, EtcdBytes right) => left.CompareTo(right) >= 0;

    /// <summary>Whether the first bytes are these.</summary>
    public bool StartsWith(EtcdBytes prefix) => Span.StartsWith(prefix.Span);

    /// <summary>A copy of the bytes.</summary>
    public byte[] ToArray() => bytes.ToArray();

    /// <summary>The bytes read as UTF-8; bytes that are none become U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <inheritdoc/>
    public bool Equals(EtcdBytes other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EtcdBytes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public int CompareTo(EtcdBytes other) => Span.SequenceCompareTo(other.Span);

    internal EtcdBytes Append(ReadOnlySpan<byte> more)
    {
        var joined = new byte[Length + more.Length];
        Span.CopyTo(joined);
        more.CopyTo(joined.AsSpan(Length));
        return joined;
    }

    internal ByteString ToByteString() => UnsafeByteOperations.UnsafeWrap(bytes);
}
