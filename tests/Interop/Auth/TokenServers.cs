using EtcdSharp.Api.Authpb;
using EtcdSharp.Interop.DataDirectories;

namespace EtcdSharp.Interop.Auth;

/// <summary>Servers with the same users and roles, made in the same order, so that their auth revisions are the same too.</summary>
internal static class TokenServers
{
    public const string Password = "alice's";

    public static async Task<EtcdServer> StartAsync(ServerKind kind, string authToken)
    {
        var server = await EtcdServer.StartAsync(
            kind,
            new ServerOptions(["--log-level", "error", "--bcrypt-cost", "4", "--auth-token", authToken])
        );
        var users = new Users(server.Endpoint);
        await users.AddUserAsync("root", "root's");
        await users.GrantRoleAsync("root", "root");
        await users.AddRoleAsync("app");
        await users.GrantAsync("app", "app/", "app0", Permission.Types.Type.Readwrite);
        await users.AddUserAsync("alice", Password);
        await users.GrantRoleAsync("alice", "app");
        await users.EnableAsync();
        return server;
    }

    /// <summary>What a put of alice's is answered with; OK where the token is taken.</summary>
    public static async Task<string> AskAsync(EtcdServer server, string token)
    {
        using var caller = new EtcdEndpoint(server.Address, new Dictionary<string, string> { ["token"] = token });
        try
        {
            await caller.Put("app/1", "x");
            return "OK";
        }
        catch (GrpcFailure refused)
        {
            return refused.Detail;
        }
    }
}
