using System.Collections.Immutable;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Replica.Auth;

/// <summary>Users, roles and what they permit at one moment. Never changed, so that any thread may ask it.</summary>
internal sealed record AuthView
{
    public required bool IsEnabled { get; init; }

    /// <summary>Counts the changes. A request that was let in at an earlier one is refused when it is applied.</summary>
    public required ulong Revision { get; init; }

    public required ImmutableDictionary<string, AuthUser> Users { get; init; }

    public required ImmutableDictionary<string, Role> Roles { get; init; }

    /// <summary>Null when the caller may read the key, or all keys of the range.</summary>
    public EtcdError? CheckRead(Caller? caller, ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd)
    {
        if (!IsEnabled)
        {
            return null;
        }

        return FindUser(caller, out var user) is { } refusal ? refusal
            : user!.IsRoot || user.Readable.Cover(key, rangeEnd) ? null
            : EtcdError.PermissionDenied;
    }

    /// <summary>Null when the caller may put and delete the key, or all keys of the range.</summary>
    public EtcdError? CheckWrite(Caller? caller, ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd)
    {
        if (!IsEnabled)
        {
            return null;
        }

        return FindUser(caller, out var user) is { } refusal ? refusal
            : user!.IsRoot || user.Writable.Cover(key, rangeEnd) ? null
            : EtcdError.PermissionDenied;
    }

    /// <summary>Null when the caller may do what only an administrator may.</summary>
    public EtcdError? CheckAdmin(Caller? caller)
    {
        if (!IsEnabled)
        {
            return null;
        }

        if (caller is null || caller.User.Length == 0)
        {
            return EtcdError.UserEmpty;
        }

        return !Users.TryGetValue(caller.User, out var user) ? EtcdError.UserNotFound
            : user.IsRoot ? null
            : EtcdError.PermissionDenied;
    }

    private EtcdError? FindUser(Caller? caller, out AuthUser? user)
    {
        user = null;
        if (caller is null || caller.Revision == 0)
        {
            return EtcdError.UserEmpty;
        }

        if (caller.Revision < Revision)
        {
            return EtcdError.AuthOldRevision;
        }

        return Users.TryGetValue(caller.User, out user) ? null : EtcdError.PermissionDenied;
    }
}
