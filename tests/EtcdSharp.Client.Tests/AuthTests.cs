using System.Diagnostics;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class AuthTests
{
    [Theory]
    [OnEachWay]
    public async Task UsersMayDoWhatTheirRolesSay(Way way)
    {
        await using var server = await OwnServer.StartAsync(way);
        await using var nobody = server.Client();
        await EnableAsync(nobody);
        await using var root = server.Client("root", "rootpw");
        await using var user = server.Client("me", "mypw");
        await using var wrong = server.Client("me", "other");

        Assert.True((await root.Auth.StatusAsync()).Enabled);
        await user.Kv.PutAsync("mine/1", "x");
        Assert.Equal(1, await user.Kv.CountAsync(KeyRange.Prefix("mine/")));
        await Eventually.FailsAsync(EtcdError.PermissionDenied, () => user.Kv.PutAsync("yours", "x"));
        await Eventually.FailsAsync(EtcdError.AuthFailed, () => wrong.Kv.GetAsync("mine/1"));
        await Eventually.FailsAsync(EtcdError.UserEmpty, () => nobody.Kv.GetAsync("mine/1"));
        await Eventually.FailsAsync(EtcdError.PermissionDenied, () => user.Watch.OpenAsync("yours"));
        await using (var watcher = await user.Watch.OpenAsync(KeyRange.Prefix("mine/")))
        {
            await root.Kv.PutAsync("mine/2", "y");
            await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
            {
                Assert.Equal("PUT mine/2=y", Assert.Single(batch.Events).ToString());
                break;
            }
        }

        await ListAndUndoAsync(root);
        await root.Auth.DisableAsync();
        await nobody.Kv.PutAsync("free", "again");
    }

    [Theory]
    [OnEach]
    public async Task ATokenThatTheServerForgotIsRenewed(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var nobody = new EtcdClient(server.Address);
        await EnableAsync(nobody);
        await using var user = new EtcdClient($"{server.Address};user=me;password=mypw");
        await user.Kv.PutAsync("mine/1", "x");
        await using var held = await user.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        await using var watcher = await user.Watch.OpenAsync(KeyRange.Prefix("mine/"));

        // Simple tokens are in memory alone.
        await server.KillAsync();
        await server.StartAgainWithAuthAsync();
        await user.Kv.PutAsync("mine/1", "y");
        await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
        {
            Assert.Equal("PUT mine/1=y", Assert.Single(batch.Events).ToString());
            break;
        }

        Assert.False(held.Ended.IsCompleted);
    }

    [Theory]
    [OnEach]
    public async Task TokensThatRunOutAreRenewedUnderCallsWatchesAndLeases(ServerKind kind)
    {
        // With tokens of one second, a client that kept its first one would fail from the second second on.
        var lifetime = TimeSpan.FromSeconds(1);
        using var keys = new TokenKeys();
        await using var server = await RestartableServer.StartAsync(
            kind,
            "--auth-token",
            $"jwt,pub-key={keys.PublicFile},priv-key={keys.PrivateFile},sign-method=RS256,ttl=1s"
        );
        await using var nobody = new EtcdClient(server.Address);
        await EnableAsync(nobody);
        await using var user = new EtcdClient($"{server.Address};user=me;password=mypw");
        var heldFor = TimeSpan.FromSeconds(12);
        var heldSince = Stopwatch.GetTimestamp();
        await using var held = await user.Lease.HoldAsync(heldFor);
        await using var watcher = await user.Watch.OpenAsync(KeyRange.Prefix("mine/"));
        var started = Stopwatch.GetTimestamp();
        var written = 0;
        while (Stopwatch.GetElapsedTime(started) < 5 * lifetime)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(i => user.Kv.PutAsync($"mine/{i}", $"{written}")));
            written += 4;
            await Task.Delay(100);
        }

        // A watch that is opened with an old token, and one that has outlived some.
        await Task.Delay(lifetime + TimeSpan.FromSeconds(1));
        await using var next = await user.Watch.OpenAsync(KeyRange.Prefix("mine/"));
        await user.Kv.PutAsync("mine/end", "");
        Assert.Equal(written + 1, await CountUntilAsync(watcher, "mine/end"));
        Assert.Equal(1, await CountUntilAsync(next, "mine/end"));
        Assert.False(held.Lost.IsCancellationRequested);
        var unrenewed = heldFor - Stopwatch.GetElapsedTime(heldSince);
        Assert.True((await user.Lease.TimeToLiveAsync(held.Id)).TTL > unrenewed.TotalSeconds + 1, "the lease was not renewed");

        // A token that was given and not got is not renewed: its owner knows where it came from.
        var token = (await user.Auth.AuthenticateAsync("me", "mypw")).Token;
        await using var given = new EtcdClient(new EtcdClientOptions { Endpoints = [server.Address], Token = token });
        await given.Kv.PutAsync("mine/given", "");
        await Task.Delay(lifetime + TimeSpan.FromSeconds(1));
        await Eventually.FailsAsync(EtcdError.InvalidAuthToken, () => given.Kv.PutAsync("mine/given", ""));
    }

    private static async Task<int> CountUntilAsync(IWatcher watcher, string last)
    {
        var count = 0;
        await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
        {
            count += batch.Events.Count;
            if (batch.Events.Any(change => change.Key == last))
            {
                break;
            }
        }

        return count;
    }

    [Theory]
    [OnEach]
    public async Task AuthenticationMayBeEnabledUnderAClient(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var user = new EtcdClient($"{server.Address};user=me;password=mypw");
        await user.Kv.PutAsync("mine/1", "before");
        await using var nobody = new EtcdClient(server.Address);
        await EnableAsync(nobody);
        await user.Kv.PutAsync("mine/1", "after");

        // Changed permissions make the tokens of before too old for a moment.
        await using var root = new EtcdClient($"{server.Address};user=root;password=rootpw");
        await root.Auth.GrantPermissionAsync("writer", "more", Permission.Types.Type.Write);
        await user.Kv.PutAsync("more", "x");
    }

    private static async Task EnableAsync(EtcdClient client)
    {
        var auth = client.Auth;
        await auth.AddUserAsync("root", "rootpw");
        await auth.AddRoleAsync("root");
        await auth.GrantRoleAsync("root", "root");
        await auth.AddUserAsync("me", "mypw");
        await auth.AddRoleAsync("writer");
        await auth.GrantPermissionAsync("writer", KeyRange.Prefix("mine/"), Permission.Types.Type.Readwrite);
        await auth.GrantRoleAsync("me", "writer");
        Assert.False((await auth.StatusAsync()).Enabled);
        await auth.EnableAsync();
    }

    private static async Task ListAndUndoAsync(EtcdClient root)
    {
        var auth = root.Auth;
        Assert.Equal(["me", "root"], (await auth.ListUsersAsync()).Users.Order());
        Assert.Equal(["root", "writer"], (await auth.ListRolesAsync()).Roles.Order());
        Assert.Equal(["writer"], (await auth.GetUserAsync("me")).Roles);
        Assert.Equal("mine/", Assert.Single((await auth.GetRoleAsync("writer")).Perm).Key.ToStringUtf8());
        Assert.NotEmpty((await auth.AuthenticateAsync("me", "mypw")).Token);
        await auth.RevokePermissionAsync("writer", KeyRange.Prefix("mine/"));
        Assert.Empty((await auth.GetRoleAsync("writer")).Perm);
        await auth.ChangePasswordAsync("me", "newpw");
        await Eventually.FailsAsync(EtcdError.AuthFailed, () => auth.AuthenticateAsync("me", "mypw"));
        await auth.RevokeRoleAsync("me", "writer");
        await auth.DeleteRoleAsync("writer");
        await auth.DeleteUserAsync("me");
        await Eventually.FailsAsync(EtcdError.UserNotFound, () => auth.GetUserAsync("me"));
    }
}
