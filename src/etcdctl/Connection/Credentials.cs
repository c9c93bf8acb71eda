using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Who the caller is.</summary>
internal readonly record struct Credentials(string? User, string? Password, string? Token)
{
    /// <summary>From <c>--auth-jwt-token</c>, or <c>--user</c> and <c>--password</c>; asks for a password that is not there.</summary>
    public static Credentials Read(GlobalFlags global, ProgramStreams streams)
    {
        if (global.AuthJwtToken.Value.Length > 0)
        {
            return new Credentials(null, null, global.AuthJwtToken.Value);
        }

        var user = global.User.Value;
        if (user.Length == 0)
        {
            return default;
        }

        if (global.Password.Value.Length > 0)
        {
            return new Credentials(user, global.Password.Value, null);
        }

        var colon = user.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new Credentials(user, PasswordPrompt.Ask("Password: ", streams), null)
            : new Credentials(user[..colon], user[(colon + 1)..], null);
    }
}
