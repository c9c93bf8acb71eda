using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Permissions in few words. Keys are written as <c>a</c>, ranges as <c>a..c</c>, without an upper end as <c>a..</c>.</summary>
public static class Allow
{
    public static Permission Read(string keys) => Of(Permission.Types.Type.Read, keys);

    public static Permission Write(string keys) => Of(Permission.Types.Type.Write, keys);

    public static Permission ReadWrite(string keys) => Of(Permission.Types.Type.Readwrite, keys);

    public static Permission Of(Permission.Types.Type type, string keys)
    {
        var (key, end) = Keys(keys);
        return new Permission
        {
            PermType = type,
            Key = key,
            RangeEnd = end,
        };
    }

    /// <summary>The first key and the range end of a text like those of permissions.</summary>
    public static (ByteString Key, ByteString End) Keys(string keys)
    {
        var dots = keys.IndexOf("..", StringComparison.Ordinal);
        return dots < 0 ? (Utf8(keys), ByteString.Empty)
            : dots == 0 ? (Zero, Zero)
            : (Utf8(keys[..dots]), dots + 2 == keys.Length ? Zero : Utf8(keys[(dots + 2)..]));
    }

    public static RangeRequest Get(string keys)
    {
        var (key, end) = Keys(keys);
        return new RangeRequest { Key = key, RangeEnd = end };
    }

    public static DeleteRangeRequest Delete(string keys)
    {
        var (key, end) = Keys(keys);
        return new DeleteRangeRequest { Key = key, RangeEnd = end };
    }
}
