using EtcdSharp.Interop.DataDirectories;

namespace EtcdSharp.Interop.Auth;

/// <summary>Passwords that one program hashed are known to the other, on the same data directory.</summary>
public sealed class PasswordTests
{
    private static readonly string s_bytes71 = new('x', 71);

    /// <summary>bcrypt looks at 72 bytes, which the last one fills.</summary>
    private static readonly string[] s_passwords = ["p", "pässwörd-€-😀", s_bytes71, s_bytes71 + "y"];

    [Theory]
    [InlineData(ServerKind.Real, ServerKind.Ours, 4)]
    [InlineData(ServerKind.Ours, ServerKind.Real, 4)]
    [InlineData(ServerKind.Real, ServerKind.Ours, 11)]
    [InlineData(ServerKind.Ours, ServerKind.Real, 11)]
    public async Task A_user_made_by_one_logs_in_at_the_other(ServerKind one, ServerKind other, int cost)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var folder = new ScratchDirectory();
        await using (var server = await StartAsync(one, folder.Path, cost))
        {
            var users = new Users(server.Endpoint);
            await users.AddUserAsync("root", s_passwords[0]);
            await users.GrantRoleAsync("root", "root");
            for (var user = 0; user < s_passwords.Length; user++)
            {
                await users.AddUserAsync($"user{user}", s_passwords[user]);
            }

            var refused = await Assert.ThrowsAsync<GrpcFailure>(() => users.AddUserAsync("long", s_bytes71 + "é"));
            Assert.Contains("bcrypt: password length exceeds 72 bytes", refused.Detail, StringComparison.Ordinal);
            await users.EnableAsync();
            await AssertKnownAsync(users);
            await server.KillAsync();
        }

        await using var next = await StartAsync(other, folder.Path, cost);
        await AssertKnownAsync(new Users(next.Endpoint));
    }

    private static async Task AssertKnownAsync(Users users)
    {
        for (var user = 0; user < s_passwords.Length; user++)
        {
            (await users.LogInAsync($"user{user}", s_passwords[user])).Dispose();
            var refused = await Assert.ThrowsAsync<GrpcFailure>(() => users.LogInAsync($"user{user}", "X" + s_passwords[user]));
            Assert.Equal("etcdserver: authentication failed, invalid user ID or password", refused.Detail);
        }

        // Only the first 72 bytes are compared, by both.
        (await users.LogInAsync($"user{s_passwords.Length - 1}", s_passwords[^1] + "tail")).Dispose();
        await Assert.ThrowsAsync<GrpcFailure>(() => users.LogInAsync($"user{s_passwords.Length - 2}", s_bytes71 + "é"));
    }

    private static Task<EtcdServer> StartAsync(ServerKind kind, string dataDirectory, int cost) =>
        EtcdServer.StartAsync(
            kind,
            new ServerOptions(
                [
                    "--log-level",
                    "error",
                    $"--bcrypt-cost={cost}",
                    .. kind == ServerKind.Ours ? new[] { "--emulated-version", "3.5" } : [],
                ],
                DataDirectory: dataDirectory
            )
        );
}
