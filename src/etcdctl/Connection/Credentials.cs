using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Who the caller is.</summary>
internal readonly record struct Credentials(string? User, string? Password, string? Token)
{
    /// <summary>From <c>--auth-jwt-token</c>, or <c>--user</c> and <c>--password</c>; asks for a password that is not there.</summary>
    public static Credentials Read(GlobalFlags global, ProgramStreams streams) =>
        global.AuthJwtToken.Value.Length > 0
            ? new Credentials(null, null, global.AuthJwtToken.Value)
            : Of(global.User.Value, global.Password.Value, "Password: ", streams);

    /// <summary>From a user, who may bring the password behind a colon, and a password; asks for one that is not there.</summary>
    public static Credentials Of(string user, string password, string prompt, ProgramStreams streams)
    {
        if (user.Length == 0)
        {
            return default;
        }

        if (password.Length > 0)
        {
            return new Credentials(user, password, null);
        }

        var colon = user.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new Credentials(user, PasswordPrompt.Ask(prompt, streams), null)
            : new Credentials(user[..colon], user[(colon + 1)..], null);
    }
}
