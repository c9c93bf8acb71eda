using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Apply;

/// <summary>
/// Where users and their permissions are checked. Authentication is not built yet, so a log that changes users,
/// roles or their permissions cannot be followed: to skip such an entry would leave the data open.
/// </summary>
internal sealed class AuthApplier(RequestApplier next) : RequestApplier
{
    public override ApplyResult Apply(in ApplyContext context)
    {
        switch (context.Kind)
        {
            case RequestKind.AuthStatus
            or RequestKind.AuthDisable
            or RequestKind.Authenticate
            or RequestKind.AuthUserGet
            or RequestKind.AuthUserList
            or RequestKind.AuthRoleGet
            or RequestKind.AuthRoleList:
                // They change nothing while authentication is off.
                return ApplyResult.Done(0);
            case RequestKind.AuthEnable or (>= RequestKind.AuthUserAdd and <= RequestKind.AuthRoleRevokePermission):
                throw new NotSupportedException(
                    $"the log holds a request of the authentication API ({context.Kind}), which this release does not support yet"
                );
            default:
                return next.Apply(context);
        }
    }
}
