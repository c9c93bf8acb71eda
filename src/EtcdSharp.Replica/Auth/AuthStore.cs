using System.Collections.Immutable;
using EtcdSharp.Api;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Api.Errors;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Replica.Auth;

/// <summary>
/// The replicated users and roles. Changed by the apply loop alone, by the same steps on every member, real etcd's too:
/// what is refused, how often the revision counts, and the stored bytes are etcd's. Any thread reads the
/// <see cref="View"/>.
/// </summary>
internal sealed class AuthStore
{
    private const ulong InitialRevision = 1;

    private readonly AuthBuckets _buckets;
    private readonly ITokens _tokens;
    private readonly Func<string, byte[]> _hash;
    private readonly ILogger _logger;
    private AuthView _view;

    /// <param name="backend">Where the users and roles are kept.</param>
    /// <param name="tokens">They end with their users.</param>
    /// <param name="hash">For passwords in the log, which only releases before 3.5 wrote.</param>
    /// <param name="logger">For the operator.</param>
    public AuthStore(BackendStore backend, ITokens tokens, Func<string, byte[]> hash, ILogger logger)
    {
        _buckets = new AuthBuckets(backend);
        _tokens = tokens;
        _hash = hash;
        _logger = logger;
        var revision = _buckets.ReadRevision();
        if (revision == 0)
        {
            revision = InitialRevision;
            _buckets.WriteRevision(revision);
        }

        var roles = _buckets.ReadRoles().ToImmutableDictionary(StringComparer.Ordinal);
        _view = new AuthView
        {
            IsEnabled = _buckets.ReadEnabled(),
            Revision = revision,
            Roles = roles,
            Users = _buckets
                .ReadUsers()
                .ToImmutableDictionary(pair => pair.Key, pair => Resolve(pair.Value, roles), StringComparer.Ordinal),
        };
        if (_view.IsEnabled)
        {
            tokens.Enable();
        }
        else
        {
            tokens.Disable();
        }
    }

    public AuthView View => Volatile.Read(ref _view);

    public EtcdError? Enable()
    {
        if (_view.IsEnabled)
        {
            return null;
        }

        if (!_view.Users.TryGetValue(AuthUser.RootName, out var root))
        {
            return EtcdError.RootUserNotExist;
        }

        if (!root.IsRoot)
        {
            return EtcdError.RootRoleNotExist;
        }

        _buckets.WriteEnabled(true);
        _tokens.Enable();
        Publish(_view with { IsEnabled = true });
        AuthLog.Enabled(_logger);
        return null;
    }

    public void Disable()
    {
        if (!_view.IsEnabled)
        {
            return;
        }

        _buckets.WriteEnabled(false);
        Commit(_view with { IsEnabled = false });
        _tokens.Disable();
        AuthLog.Disabled(_logger);
    }

    /// <param name="name">Whose password has been checked already, by the member that proposed this.</param>
    /// <param name="prefix">The part of the token that was made there.</param>
    /// <param name="index">Of the log entry: the other part.</param>
    /// <param name="token">The user's token.</param>
    public EtcdError? Authenticate(string name, string prefix, ulong index, out string token)
    {
        token = "";
        if (!_view.IsEnabled)
        {
            return EtcdError.AuthNotEnabled;
        }

        if (!_view.Users.TryGetValue(name, out var user) || user.HasNoPassword)
        {
            return EtcdError.AuthFailed;
        }

        return _tokens.TryAssign(name, _view.Revision, prefix, index, out token) ? null : EtcdError.TokenNotSigned;
    }

    public EtcdError? AddUser(AuthUserAddRequest request)
    {
        if (request.Name.Length == 0)
        {
            return EtcdError.UserEmpty;
        }

        if (AuthNames.CheckUser(request.Name) is { } tooLong)
        {
            return tooLong;
        }

        if (_view.Users.ContainsKey(request.Name))
        {
            return EtcdError.UserAlreadyExist;
        }

        var options = request.Options ?? new UserAddOptions();
        var password = ByteString.Empty;
        if (!options.NoPassword && !TryReadPassword(request.Password, request.HashedPassword, out password))
        {
            return EtcdError.NoPasswordUser;
        }

        CommitUser(
            request.Name,
            new User
            {
                Name = ByteString.CopyFromUtf8(request.Name),
                Password = password,
                Options = options,
            }
        );
        AuthLog.UserAdded(_logger, request.Name);
        return null;
    }

    public EtcdError? DeleteUser(string name)
    {
        if (_view.IsEnabled && name == AuthUser.RootName)
        {
            return EtcdError.InvalidAuthMgmt;
        }

        if (!_view.Users.TryGetValue(name, out var user))
        {
            return EtcdError.UserNotFound;
        }

        _buckets.DeleteUser(name);
        Commit(_view with { Users = _view.Users.Remove(name) });
        _tokens.Forget(name);
        AuthLog.UserDeleted(_logger, name, user.Stored.Roles);
        return null;
    }

    public EtcdError? ChangePassword(AuthUserChangePasswordRequest request)
    {
        if (!_view.Users.TryGetValue(request.Name, out var user))
        {
            return EtcdError.UserNotFound;
        }

        var password = ByteString.Empty;
        if (!user.HasNoPassword && !TryReadPassword(request.Password, request.HashedPassword, out password))
        {
            return EtcdError.NoPasswordUser;
        }

        var changed = user.Stored.Clone();
        changed.Password = password;
        CommitUser(request.Name, changed);
        _tokens.Forget(request.Name);
        AuthLog.PasswordChanged(_logger, request.Name, changed.Roles);
        return null;
    }

    public EtcdError? GrantRole(string name, string role)
    {
        if (!_view.Users.TryGetValue(name, out var user))
        {
            return EtcdError.UserNotFound;
        }

        if (role != AuthUser.RootRole && !_view.Roles.ContainsKey(role))
        {
            return EtcdError.RoleNotFound;
        }

        if (user.Stored.Roles.Contains(role))
        {
            return null;
        }

        var changed = WithRoles(user.Stored, user.Stored.Roles.Append(role).Order(BytewiseOrder.Instance));
        CommitUser(name, changed);
        AuthLog.RoleGranted(_logger, name, changed.Roles, role);
        return null;
    }

    public EtcdError? RevokeRole(string name, string role)
    {
        if (_view.IsEnabled && name == AuthUser.RootName && role == AuthUser.RootRole)
        {
            return EtcdError.InvalidAuthMgmt;
        }

        if (!_view.Users.TryGetValue(name, out var user))
        {
            return EtcdError.UserNotFound;
        }

        if (!user.Stored.Roles.Contains(role))
        {
            return EtcdError.RoleNotGranted;
        }

        var changed = WithRoles(user.Stored, user.Stored.Roles.Where(granted => granted != role));
        CommitUser(name, changed);
        AuthLog.RoleRevoked(_logger, name, user.Stored.Roles, changed.Roles, role);
        return null;
    }

    public EtcdError? AddRole(string name)
    {
        if (name.Length == 0)
        {
            return EtcdError.RoleEmpty;
        }

        if (AuthNames.CheckRole(name) is { } tooLong)
        {
            return tooLong;
        }

        if (_view.Roles.ContainsKey(name))
        {
            return EtcdError.RoleAlreadyExist;
        }

        CommitRole(name, new Role { Name = ByteString.CopyFromUtf8(name) });
        AuthLog.RoleAdded(_logger, name);
        return null;
    }

    public EtcdError? DeleteRole(string name)
    {
        if (_view.IsEnabled && name == AuthUser.RootRole)
        {
            return EtcdError.InvalidAuthMgmt;
        }

        if (!_view.Roles.ContainsKey(name))
        {
            return EtcdError.RoleNotFound;
        }

        _buckets.DeleteRole(name);
        var roles = _view.Roles.Remove(name);
        var users = _view.Users;
        foreach (var (user, known) in Holders(name))
        {
            var changed = WithRoles(known.Stored, known.Stored.Roles.Where(granted => granted != name));
            _buckets.WriteUser(user, changed);
            users = users.SetItem(user, Resolve(changed, roles));
        }

        Commit(_view with { Roles = roles, Users = users });
        AuthLog.RoleDeleted(_logger, name);
        return null;
    }

    public EtcdError? GrantPermission(string name, Permission? permission)
    {
        if (permission is null)
        {
            return EtcdError.PermissionNotGiven;
        }

        if (!IsRange(permission))
        {
            return EtcdError.InvalidAuthMgmt;
        }

        if (!_view.Roles.TryGetValue(name, out var role))
        {
            return EtcdError.RoleNotFound;
        }

        // Of several permissions that begin with the key only the first is looked at, in etcd as well; the others are
        // granted once more beside what is there.
        var changed = role.Clone();
        var present = changed.KeyPermission.FirstOrDefault(granted =>
            granted.Key.Span.SequenceCompareTo(permission.Key.Span) >= 0
        );
        if (present is not null && present.Key == permission.Key && present.RangeEnd == permission.RangeEnd)
        {
            present.PermType = permission.PermType;
        }
        else
        {
            var all = changed
                .KeyPermission.Append(permission.Clone())
                .OrderBy(one => one.Key.ToByteArray(), BytewiseOrder.Instance);
            changed = new Role { Name = role.Name, KeyPermission = { all } };
        }

        CommitRole(name, changed);
        AuthLog.PermissionGranted(
            _logger,
            name,
            permission.PermType.ToString().ToUpperInvariant(),
            permission.Key.ToStringUtf8(),
            permission.RangeEnd.ToStringUtf8()
        );
        return null;
    }

    public EtcdError? RevokePermission(AuthRoleRevokePermissionRequest request)
    {
        if (!_view.Roles.TryGetValue(request.Role, out var role))
        {
            return EtcdError.RoleNotFound;
        }

        var left = role.KeyPermission.Where(granted => granted.Key != request.Key || granted.RangeEnd != request.RangeEnd);
        var changed = new Role { Name = role.Name, KeyPermission = { left } };
        if (changed.KeyPermission.Count == role.KeyPermission.Count)
        {
            return EtcdError.PermissionNotGranted;
        }

        CommitRole(request.Role, changed);
        AuthLog.PermissionRevoked(_logger, request.Role, request.Key.ToStringUtf8(), request.RangeEnd.ToStringUtf8());
        return null;
    }

    private static bool IsRange(Permission permission) =>
        !permission.Key.IsEmpty
        && (
            permission.RangeEnd.IsEmpty
            || permission.RangeEnd.Span is [0]
            || permission.Key.Span.SequenceCompareTo(permission.RangeEnd.Span) < 0
        );

    private static User WithRoles(User user, IEnumerable<string> roles)
    {
        var changed = user.Clone();
        string[] granted = [.. roles];
        changed.Roles.Clear();
        changed.Roles.AddRange(granted);
        return changed;
    }

    private static AuthUser Resolve(User user, ImmutableDictionary<string, Role> roles)
    {
        var permissions = user.Roles.SelectMany(name => roles.TryGetValue(name, out var role) ? role.KeyPermission : []).ToList();
        return new AuthUser(
            user,
            Readable: KeyRanges.Of(
                permissions.Where(one => one.PermType is Permission.Types.Type.Read or Permission.Types.Type.Readwrite)
            ),
            Writable: KeyRanges.Of(
                permissions.Where(one => one.PermType is Permission.Types.Type.Write or Permission.Types.Type.Readwrite)
            )
        );
    }

    private bool TryReadPassword(string password, string hashed, out ByteString stored)
    {
        if (password.Length != 0 && hashed.Length == 0)
        {
            stored = UnsafeByteOperations.UnsafeWrap(_hash(password));
            return true;
        }

        var decoded = new byte[hashed.Length];
        var isBase64 = Convert.TryFromBase64String(hashed, decoded, out var length);
        stored = isBase64 ? UnsafeByteOperations.UnsafeWrap(decoded.AsMemory(0, length)) : ByteString.Empty;
        return isBase64;
    }

    private IEnumerable<KeyValuePair<string, AuthUser>> Holders(string role) =>
        _view.Users.Where(pair => pair.Value.Stored.Roles.Contains(role));

    private void CommitUser(string name, User user)
    {
        _buckets.WriteUser(name, user);
        Commit(_view with { Users = _view.Users.SetItem(name, Resolve(user, _view.Roles)) });
    }

    private void CommitRole(string name, Role role)
    {
        _buckets.WriteRole(name, role);
        var roles = _view.Roles.SetItem(name, role);
        var users = _view.Users.SetItems(
            Holders(name).Select(pair => KeyValuePair.Create(pair.Key, Resolve(pair.Value.Stored, roles))).ToList()
        );
        Commit(_view with { Roles = roles, Users = users });
    }

    private void Commit(AuthView changed)
    {
        var revision = _view.Revision + 1;
        _buckets.WriteRevision(revision);
        Publish(changed with { Revision = revision });
    }

    private void Publish(AuthView view) => Volatile.Write(ref _view, view);
}
