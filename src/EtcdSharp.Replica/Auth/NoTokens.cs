namespace EtcdSharp.Replica.Auth;

/// <summary>What an empty <c>--auth-token</c> asks for: users are known by the names in their certificates alone.</summary>
internal sealed class NoTokens : ITokens
{
    public string NewPrefix() => "";

    public bool TryAssign(string user, ulong authRevision, string prefix, ulong index, out string token)
    {
        token = "";
        return false;
    }

    public ulong? AppliedIndexFor(string token) => null;

    public Caller? Find(string token, ulong authRevision) => null;

    public void Enable() { }

    public void Disable() { }

    public void Forget(string user) { }
}
