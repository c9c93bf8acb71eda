using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Conformance.Auth;

/// <summary>
/// A member as one case sees it: without users, roles, keys and leases at first, and again when the case is over.
/// </summary>
public sealed class AuthMember(EtcdServer server) : IAsyncDisposable
{
    public const string RootPassword = "sesame";

    private readonly List<EtcdEndpoint> _clients = [];
    private EtcdEndpoint? _root;

    public EtcdServer Server { get; } = server;

    /// <summary>A client that names no user.</summary>
    public EtcdEndpoint Nobody => Server.Endpoint;

    /// <summary>A client of the user root, from the moment at which authentication is on.</summary>
    public EtcdEndpoint Root => _root ?? throw new InvalidOperationException("authentication is off");

    /// <summary>A client with a token that the member never gave.</summary>
    public EtcdEndpoint Pretender => WithToken("nonsense.1");

    public async Task Enable()
    {
        await Nobody.UserAdd("root", RootPassword);
        await Nobody.UserGrantRole("root", "root");
        await Nobody.AuthEnable();
        _root = await LogIn("root", RootPassword);
    }

    public EtcdEndpoint WithToken(string token, string header = "token") =>
        With(new Dictionary<string, string>(StringComparer.Ordinal) { [header] = token });

    public EtcdEndpoint With(IReadOnlyDictionary<string, string> metadata)
    {
        var client = new EtcdEndpoint(Server.Address, metadata);
        _clients.Add(client);
        return client;
    }

    public async Task<EtcdEndpoint> LogIn(string name, string password) =>
        WithToken((await Nobody.Authenticate(name, password)).Token);

    /// <summary>A client of a new user, with a role of the same name that has these permissions.</summary>
    public async Task<EtcdEndpoint> User(string name, params Permission[] permissions)
    {
        await Root.UserAdd(name, name);
        await Root.RoleAdd(name);
        await Root.UserGrantRole(name, name);
        foreach (var permission in permissions)
        {
            await Root.RoleGrantPermission(name, permission);
        }
        return await LogIn(name, name);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Nobody.AuthDisable();
        }
        catch (GrpcFailure refused) when (refused.Detail == AuthCalls.NoUser)
        {
            await (await LogIn("root", RootPassword)).AuthDisable();
        }
        foreach (var lease in (await Nobody.LeaseLeases()).Leases)
        {
            await Nobody.LeaseRevoke(new LeaseRevokeRequest { ID = lease.ID });
        }
        await Nobody.DeleteRange(Allow.Delete(".."));
        foreach (var user in (await Nobody.UserList()).Users)
        {
            await Nobody.UserDelete(user);
        }
        foreach (var role in (await Nobody.RoleList()).Roles)
        {
            await Nobody.RoleDelete(role);
        }
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }
}
