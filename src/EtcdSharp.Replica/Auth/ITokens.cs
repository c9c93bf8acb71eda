namespace EtcdSharp.Replica.Auth;

/// <summary>
/// The tokens that users get for their password and show with every request after that. Which kind is the choice of
/// <c>--auth-token</c>, and every member of a cluster makes the same one.
/// </summary>
internal interface ITokens
{
    /// <summary>
    /// The random part of a token, which is replicated with the request so that all members give the same token; empty
    /// where a token has none. Any thread.
    /// </summary>
    string NewPrefix();

    /// <summary>
    /// Gives the user a token; <paramref name="index"/> is the index of the log entry. False where none can be made: the
    /// keys only verify, or there are no tokens at all. Apply loop.
    /// </summary>
    bool TryAssign(string user, ulong authRevision, string prefix, ulong index, out string token);

    /// <summary>
    /// The log index that must be applied here before <see cref="Find"/> can know the token; 0 for none; null when the
    /// text is no token of this kind. Any thread.
    /// </summary>
    ulong? AppliedIndexFor(string token);

    /// <summary>Null for a token that is not valid. Renews the time of a simple token. Any thread.</summary>
    Caller? Find(string token, ulong authRevision);

    /// <summary>Authentication has been turned on, or the member starts with it on. Apply loop.</summary>
    void Enable();

    /// <summary>Authentication has been turned off: all tokens are void. Apply loop.</summary>
    void Disable();

    /// <summary>The tokens of the user are void: the password changed or the user is gone. Apply loop.</summary>
    void Forget(string user);
}
