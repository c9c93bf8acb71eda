using Microsoft.Extensions.Logging;

namespace EtcdSharp.Replica.Auth;

/// <summary>What the users' room tells the operator, in etcd's words.</summary>
internal static partial class AuthLog
{
    [LoggerMessage(LogLevel.Information, "enabled authentication")]
    public static partial void Enabled(ILogger logger);

    [LoggerMessage(LogLevel.Information, "disabled authentication")]
    public static partial void Disabled(ILogger logger);

    [LoggerMessage(LogLevel.Information, "added a user")]
    public static partial void UserAdded(ILogger logger, string userName);

    [LoggerMessage(LogLevel.Information, "deleted a user")]
    public static partial void UserDeleted(ILogger logger, string userName, IReadOnlyList<string> userRoles);

    [LoggerMessage(LogLevel.Information, "changed a password of a user")]
    public static partial void PasswordChanged(ILogger logger, string userName, IReadOnlyList<string> userRoles);

    [LoggerMessage(LogLevel.Information, "granted a role to a user")]
    public static partial void RoleGranted(
        ILogger logger,
        string userName,
        IReadOnlyList<string> userRoles,
        string addedRoleName
    );

    [LoggerMessage(LogLevel.Information, "revoked a role from a user")]
    public static partial void RoleRevoked(
        ILogger logger,
        string userName,
        IReadOnlyList<string> oldUserRoles,
        IReadOnlyList<string> newUserRoles,
        string revokedRoleName
    );

    [LoggerMessage(LogLevel.Information, "created a role")]
    public static partial void RoleAdded(ILogger logger, string roleName);

    [LoggerMessage(LogLevel.Information, "deleted a role")]
    public static partial void RoleDeleted(ILogger logger, string roleName);

    [LoggerMessage(LogLevel.Information, "granted/updated a permission to a user")]
    public static partial void PermissionGranted(
        ILogger logger,
        string userName,
        string permissionName,
        string key,
        string rangeEnd
    );

    [LoggerMessage(LogLevel.Information, "revoked a permission on range")]
    public static partial void PermissionRevoked(ILogger logger, string roleName, string key, string rangeEnd);

    [LoggerMessage(LogLevel.Warning, "invalid authentication was requested")]
    public static partial void AuthenticationRefused(ILogger logger, string user, string error);

    [LoggerMessage(LogLevel.Warning, "use default bcrypt cost instead of the invalid given cost")]
    public static partial void BcryptCostReplaced(ILogger logger, int minCost, int maxCost, int defaultCost, int givenCost);
}
