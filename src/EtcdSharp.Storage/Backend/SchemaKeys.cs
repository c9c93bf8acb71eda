using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EtcdSharp.Storage.Backend;

/// <summary>The layout of keys in the buckets that hold one entry per thing.</summary>
internal static class SchemaKeys
{
    /// <summary>In the lease bucket: the id as 8 big-endian bytes; the value is a leasepb.Lease.</summary>
    public static byte[] Lease(long id)
    {
        var key = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, id);
        return key;
    }

    /// <summary>In members and members_removed: the id in hexadecimal without leading zeros; the values are JSON and the word "removed".</summary>
    public static byte[] Member(ulong id) => Encoding.ASCII.GetBytes(id.ToString("x", CultureInfo.InvariantCulture));

    public static bool TryParseMember(ReadOnlySpan<byte> key, out ulong id) =>
        ulong.TryParse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
}
