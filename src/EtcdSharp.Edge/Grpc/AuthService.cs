using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Edge.Identity;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Tokens;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// The Auth service: users, roles, and tokens for passwords. All of it goes through the log, also what only asks, so
/// that it is answered by the users and roles at one place of it. No password does: hashes are made and checked here.
/// </summary>
internal sealed class AuthService(IReplicatedLog log, Authentication access, ITokens tokens, Passwords passwords, ILogger logger)
{
    /// <summary>Of the name that a refused caller gave.</summary>
    private const int LoggedNameCharactersMax = 256;

    public void Register(GrpcServiceBuilder services)
    {
        services.Unary(AuthMethods.Authenticate, AuthenticateAsync, CallRule.Anyone);
        Add(AuthMethods.UserAdd, RequestKind.AuthUserAdd, static (answer, header) => answer.Header = header, PrepareUserAsync);
        Add(
            AuthMethods.UserChangePassword,
            RequestKind.AuthUserChangePassword,
            static (answer, header) => answer.Header = header,
            HashPasswordAsync
        );
        Add(AuthMethods.AuthStatus, RequestKind.AuthStatus, static (answer, header) => answer.Header = header);
        Add(AuthMethods.AuthEnable, RequestKind.AuthEnable, static (answer, header) => answer.Header = header);
        Add(AuthMethods.AuthDisable, RequestKind.AuthDisable, static (answer, header) => answer.Header = header);
        Add(AuthMethods.UserGet, RequestKind.AuthUserGet, static (answer, header) => answer.Header = header);
        Add(AuthMethods.UserList, RequestKind.AuthUserList, static (answer, header) => answer.Header = header);
        Add(AuthMethods.UserDelete, RequestKind.AuthUserDelete, static (answer, header) => answer.Header = header);
        Add(AuthMethods.UserGrantRole, RequestKind.AuthUserGrantRole, static (answer, header) => answer.Header = header);
        Add(AuthMethods.UserRevokeRole, RequestKind.AuthUserRevokeRole, static (answer, header) => answer.Header = header);
        Add(
            AuthMethods.RoleAdd,
            RequestKind.AuthRoleAdd,
            static (answer, header) => answer.Header = header,
            static (request, _) => new(AuthNames.CheckRole(request.Name)?.ToStatus())
        );
        Add(AuthMethods.RoleGet, RequestKind.AuthRoleGet, static (answer, header) => answer.Header = header);
        Add(AuthMethods.RoleList, RequestKind.AuthRoleList, static (answer, header) => answer.Header = header);
        Add(AuthMethods.RoleDelete, RequestKind.AuthRoleDelete, static (answer, header) => answer.Header = header);
        Add(
            AuthMethods.RoleGrantPermission,
            RequestKind.AuthRoleGrantPermission,
            static (answer, header) => answer.Header = header
        );
        Add(
            AuthMethods.RoleRevokePermission,
            RequestKind.AuthRoleRevokePermission,
            static (answer, header) => answer.Header = header
        );

        void Add<TRequest, TResponse>(
            GrpcMethod<TRequest, TResponse> method,
            RequestKind kind,
            Action<TResponse, ResponseHeader> setHeader,
            Func<TRequest, CancellationToken, ValueTask<GrpcStatus?>>? prepare = null
        )
            where TRequest : IMessage
            where TResponse : IMessage =>
            services.Unary(method, (request, call) => ProposeAsync(kind, request, call, setHeader, prepare), CallRule.Named);
    }

    /// <param name="kind">Of the request in the log.</param>
    /// <param name="request">As it came.</param>
    /// <param name="call">Whose it is.</param>
    /// <param name="setHeader">Gives the response its header.</param>
    /// <param name="prepare">Makes of the request what may stand in the log; a status refuses it.</param>
    private async ValueTask<GrpcResult<TResponse>> ProposeAsync<TRequest, TResponse>(
        RequestKind kind,
        TRequest request,
        CallContext call,
        Action<TResponse, ResponseHeader> setHeader,
        Func<TRequest, CancellationToken, ValueTask<GrpcStatus?>>? prepare
    )
        where TRequest : IMessage
        where TResponse : IMessage
    {
        if (prepare is not null && await prepare(request, call.CancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        var applied = await log.ProposeAsync(kind, request, CancellationToken.None, Authentication.CallerOf(call))
            .ConfigureAwait(false);
        if (applied.Error is { } error)
        {
            return error.ToStatus();
        }

        var response = (TResponse)applied.Response!;
        setHeader(response, log.Header(applied.Revision));
        return response;
    }

    private async ValueTask<GrpcStatus?> PrepareUserAsync(AuthUserAddRequest request, CancellationToken cancellation)
    {
        if (AuthNames.CheckUser(request.Name) is { } tooLong)
        {
            return tooLong.ToStatus();
        }

        if (request.Options is { NoPassword: true })
        {
            return null;
        }

        var (hashed, refusal) = await HashAsync(request.Password, cancellation).ConfigureAwait(false);
        (request.HashedPassword, request.Password) = (hashed, "");
        return refusal;
    }

    private async ValueTask<GrpcStatus?> HashPasswordAsync(AuthUserChangePasswordRequest request, CancellationToken cancellation)
    {
        if (request.Password.Length == 0)
        {
            return null;
        }

        var (hashed, refusal) = await HashAsync(request.Password, cancellation).ConfigureAwait(false);
        (request.HashedPassword, request.Password) = (hashed, "");
        return refusal;
    }

    /// <summary>
    /// The password is checked by the users as they are here, and the token given by those at its place in the log; where
    /// they are not the same, the password is checked again.
    /// </summary>
    private async ValueTask<GrpcResult<AuthenticateResponse>> AuthenticateAsync(AuthenticateRequest request, CallContext call)
    {
        if (await log.ReadBarrierAsync(call.CancellationToken).ConfigureAwait(false) is { } unconfirmed)
        {
            return unconfirmed.ToStatus();
        }

        while (true)
        {
            var view = access.View;
            var checking = CheckPasswordAsync(view, request.Name, request.Password, call.CancellationToken);
            if (await checking.ConfigureAwait(false) is { } refusal)
            {
                if (refusal != EtcdError.AuthNotEnabled)
                {
                    AuthLog.AuthenticationRefused(logger, Shortened(request.Name), refusal.Message);
                }

                return refusal.ToStatus();
            }

            var replicated = new InternalAuthenticateRequest { Name = request.Name, SimpleToken = tokens.NewPrefix() };
            var applied = await log.ProposeAsync(RequestKind.Authenticate, replicated, call.CancellationToken)
                .ConfigureAwait(false);
            if (applied.Error is { } error)
            {
                return error.ToStatus();
            }

            if (access.View.Revision == view.Revision)
            {
                var response = (AuthenticateResponse)applied.Response!;
                response.Header = log.Header(applied.Revision);
                return response;
            }
        }
    }

    /// <summary>A stranger must not fill the log with one line.</summary>
    private static string Shortened(string name) =>
        name.Length <= LoggedNameCharactersMax ? name : string.Concat(name.AsSpan(0, LoggedNameCharactersMax), "...");

    private async ValueTask<EtcdError?> CheckPasswordAsync(
        AuthView view,
        string name,
        string password,
        CancellationToken cancellation
    )
    {
        if (!view.IsEnabled)
        {
            return EtcdError.AuthNotEnabled;
        }

        if (!view.Users.TryGetValue(name, out var user))
        {
            return EtcdError.AuthFailed;
        }

        if (user.HasNoPassword)
        {
            return EtcdError.NoPasswordUser;
        }

        if (!passwords.TryMatch(user.Stored.Password.ToByteArray(), password, cancellation, out var matches))
        {
            return EtcdError.RequestTooManyRequests;
        }

        return await matches.ConfigureAwait(false) ? null : EtcdError.AuthFailed;
    }

    private async ValueTask<(string Hashed, GrpcStatus? Refusal)> HashAsync(string password, CancellationToken cancellation)
    {
        if (PasswordHash.ProblemOf(password) is { } problem)
        {
            return ("", new GrpcStatus(StatusCode.Unknown, problem));
        }

        return passwords.TryHash(password, cancellation, out var hash)
            ? (Convert.ToBase64String(await hash.ConfigureAwait(false)), null)
            : ("", EtcdError.RequestTooManyRequests.ToStatus());
    }
}
