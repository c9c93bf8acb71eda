namespace EtcdSharp.Hostile;

/// <summary>Authentication on a member under attack.</summary>
internal static class Users
{
    public const string Root = "root";
    public const string Password = "secret";

    /// <summary>Turns it on; the headers with which root calls.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> EnableAsync(EtcdServer server)
    {
        var endpoint = server.Endpoint;
        await endpoint.Call<AuthUserAddResponse>(
            "/etcdserverpb.Auth/UserAdd",
            new AuthUserAddRequest { Name = Root, Password = Password }
        );
        await endpoint.Call<AuthRoleAddResponse>("/etcdserverpb.Auth/RoleAdd", new AuthRoleAddRequest { Name = Root });
        await endpoint.Call<AuthUserGrantRoleResponse>(
            "/etcdserverpb.Auth/UserGrantRole",
            new AuthUserGrantRoleRequest { User = Root, Role = Root }
        );
        await endpoint.Call<AuthEnableResponse>("/etcdserverpb.Auth/AuthEnable", new AuthEnableRequest());
        return new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = await LogInAsync(endpoint, Password) };
    }

    public static async Task<string> LogInAsync(EtcdEndpoint endpoint, string password, CancellationToken cancellation = default)
    {
        var request = new AuthenticateRequest { Name = Root, Password = password };
        return (await endpoint.Call<AuthenticateResponse>("/etcdserverpb.Auth/Authenticate", request, cancellation)).Token;
    }
}
