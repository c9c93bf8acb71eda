namespace EtcdSharp.Conformance.Auth;

/// <summary>
/// A member of each kind for the cases of one class, which run one after the other: authentication is a matter of the
/// whole member, and other cases do not expect it.
/// </summary>
public sealed class AuthMembers : IAsyncDisposable
{
    private readonly Dictionary<ServerKind, EtcdServer> _servers = [];

    /// <summary>A member with authentication off.</summary>
    public async Task<AuthMember> Open(ServerKind kind)
    {
        if (!_servers.TryGetValue(kind, out var server))
        {
            server = await Fresh(kind);
            _servers.Add(kind, server);
        }
        return new AuthMember(server);
    }

    /// <summary>A member with authentication on and root as its only user.</summary>
    public async Task<AuthMember> Guarded(ServerKind kind)
    {
        var member = await Open(kind);
        await member.Enable();
        return member;
    }

    /// <summary>A server whose password hashes are cheap, for one case alone.</summary>
    public static Task<EtcdServer> Fresh(ServerKind kind) => Servers.Fresh(kind, "--bcrypt-cost", "4");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}
