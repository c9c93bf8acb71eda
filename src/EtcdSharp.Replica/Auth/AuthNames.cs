using System.Text;
using EtcdSharp.Api.Errors;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Replica.Auth;

/// <summary>
/// The names of users and roles are keys of the store's file, whose keys have a largest length. The edge refuses a longer one so
/// that it does not get into the log; the apply loop refuses it once more, because a log may hold one: real etcd and members
/// of earlier releases let it in, and die of it.
/// </summary>
internal static class AuthNames
{
    /// <summary>In bytes of UTF-8.</summary>
    public const int BytesMax = BoltWriteBucket.MaxKeyBytes;

    private static readonly EtcdError s_userTooLong = new(
        EtcdErrorCode.InvalidArgument,
        $"etcdserver: user name is longer than {BytesMax} bytes"
    );

    private static readonly EtcdError s_roleTooLong = new(
        EtcdErrorCode.InvalidArgument,
        $"etcdserver: role name is longer than {BytesMax} bytes"
    );

    public static EtcdError? CheckUser(string name) => IsTooLong(name) ? s_userTooLong : null;

    public static EtcdError? CheckRole(string name) => IsTooLong(name) ? s_roleTooLong : null;

    /// <summary>Such a name can be nobody's.</summary>
    public static bool IsTooLong(string name) => name.Length > BytesMax || Encoding.UTF8.GetByteCount(name) > BytesMax;
}
