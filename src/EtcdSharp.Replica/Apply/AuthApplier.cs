using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Apply;

/// <summary>
/// Refuses what the caller may not do, by the users and roles at this place of the log: the member that took the
/// request may have known others. Requests that change users and roles end here.
/// </summary>
internal sealed class AuthApplier(RequestApplier next, AuthStore auth, MvccStore store, Lessor lessor) : RequestApplier
{
    private readonly AuthRequests _requests = new(auth, () => store.CurrentRevision);

    public override ApplyResult Apply(in ApplyContext context)
    {
        if (Check(context) is { } refusal)
        {
            return ApplyResult.Failed(refusal);
        }

        return AuthRequests.IsOne(context.Kind) ? _requests.Apply(context) : next.Apply(context);
    }

    private EtcdError? Check(in ApplyContext context)
    {
        var view = auth.View;
        if (!view.IsEnabled)
        {
            return null;
        }

        var permissions = new RequestPermissions(view, context.Caller, lessor);
        switch (context.Kind)
        {
            case RequestKind.Put:
                context.TryGetPut(out var put);
                return permissions.CheckPut(put);
            case RequestKind.Txn:
                return permissions.CheckTxn(context.Body);
            case RequestKind.DeleteRange:
                RequestParsing.TryReadDelete(context.Body, out var delete);
                return permissions.CheckDelete(delete);
            case RequestKind.Range:
                return permissions.CheckRange(context.Body);
            case RequestKind.LeaseRevoke:
                return permissions.CheckLease(LeaseRevokeRequest.Parser.ParseFrom(context.Body).ID);
            case RequestKind.AuthUserGet:
                return CheckUserGet(view, context);
            case RequestKind.AuthRoleGet:
                return CheckRoleGet(view, context);
            case RequestKind.Authenticate or RequestKind.AuthStatus:
                return null;
            default:
                return AuthRequests.IsOne(context.Kind) ? view.CheckAdmin(context.Caller) : null;
        }
    }

    /// <summary>Everybody may see the own roles.</summary>
    private static EtcdError? CheckUserGet(AuthView view, in ApplyContext context) =>
        view.CheckAdmin(context.Caller) is not { } refusal ? null
        : AuthUserGetRequest.Parser.ParseFrom(context.Body).Name == (context.Caller?.User ?? "") ? null
        : refusal;

    /// <summary>Everybody may see what the own roles permit.</summary>
    private static EtcdError? CheckRoleGet(AuthView view, in ApplyContext context)
    {
        if (view.CheckAdmin(context.Caller) is not { } refusal)
        {
            return null;
        }

        var role = AuthRoleGetRequest.Parser.ParseFrom(context.Body).Role;
        return view.Users.TryGetValue(context.Caller?.User ?? "", out var user) && user.Stored.Roles.Contains(role)
            ? null
            : refusal;
    }
}
