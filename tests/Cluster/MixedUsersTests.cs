using System.Security.Cryptography;
using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Cluster;

/// <summary>Users and tokens in a cluster of real etcd members and ours: who is known to one is known to all, at the same revision.</summary>
public sealed class MixedUsersTests
{
    private const string RootPassword = "root's";
    private const string AlicePassword = "alice's";

    /// <param name="token">The kind of token.</param>
    /// <param name="afterwards">What a token is worth when its user is gone: a signed one is still one, of earlier times.</param>
    [Theory]
    [InlineData("simple", "etcdserver: invalid auth token")]
    [InlineData("jwt,sign-method=HS256,ttl=10m,priv-key=", "etcdserver: revision of auth store is old")]
    public async Task WhoeverLogsInAtOneMemberIsKnownToAll(string token, string afterwards)
    {
        Assert.SkipUnless(Programs.RealEtcd is not null, Programs.HowToGetRealEtcd);
        var key = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(32));
            await RunAsync(token.EndsWith('=') ? token + key : token, afterwards);
        }
        finally
        {
            File.Delete(key);
        }
    }

    private static async Task RunAsync(string authToken, string afterwards)
    {
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Real, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(
                HeartbeatMs: 100,
                ElectionMs: 1000,
                ["--log-level", "info", "--bcrypt-cost", "4", "--auth-token", authToken],
                EmulatedVersion: "3.5"
            )
        );
        var (real, ours, third) = (cluster.Members[0].Endpoint, cluster.Members[1].Endpoint, cluster.Members[2].Endpoint);
        await Add(real, "root", RootPassword);
        await Call(real, "UserGrantRole", new AuthUserGrantRoleRequest { User = "root", Role = "root" });
        await Add(ours, "alice", AlicePassword);
        await Call(third, "RoleAdd", new AuthRoleAddRequest { Name = "app" });
        await Call(real, "RoleGrantPermission", Permit("app", "app/", "app0"));
        await Call(ours, "UserGrantRole", new AuthUserGrantRoleRequest { User = "alice", Role = "app" });
        await Call(third, "AuthEnable", new AuthEnableRequest());
        foreach (var member in cluster.Members)
        {
            var token = await LogIn(member.Endpoint, "alice", AlicePassword);
            foreach (var other in cluster.Members)
            {
                // A linearizable read waits until the member has applied what gave the token; etcd's look at the token does not.
                var unnamed = await Assert.ThrowsAsync<GrpcFailure>(() =>
                    other.Endpoint.Range(new RangeRequest { Key = Utf8("app/") })
                );
                Assert.Equal("etcdserver: user name is empty", unnamed.Detail);
                using var alice = As(other.Endpoint, token);
                var key = $"app/{member.Name}/{other.Name}";
                await alice.Put(new PutRequest { Key = Utf8(key), Value = Utf8("1") });
                Assert.Single((await alice.Range(new RangeRequest { Key = Utf8(key) })).Kvs);
                var denied = await Assert.ThrowsAsync<GrpcFailure>(() => alice.Put(new PutRequest { Key = Utf8("other") }));
                Assert.Equal("etcdserver: permission denied", denied.Detail);
            }
        }

        await AssertSameAsync(cluster);
        await RevokeAndExpire(cluster, afterwards);
        await AssertSameAsync(cluster);
    }

    /// <summary>A change at one member is felt at the others, and a lease ends also where its owner is no more.</summary>
    private static async Task RevokeAndExpire(EtcdCluster cluster, string afterwards)
    {
        var (real, ours) = (cluster.Members[0].Endpoint, cluster.Members[1].Endpoint);
        var token = await LogIn(ours, "alice", AlicePassword);
        await Assert.ThrowsAsync<GrpcFailure>(() => real.Range(new RangeRequest { Key = Utf8("app/") }));
        using var alice = As(real, token);
        var lease = (await alice.LeaseGrant(new LeaseGrantRequest { TTL = 2 })).ID;
        await alice.Put(new PutRequest { Key = Utf8("app/short"), Lease = lease });
        using var root = As(ours, await LogIn(real, "root", RootPassword));
        await Call(root, "UserDelete", new AuthUserDeleteRequest { Name = "alice" });
        await Assert.ThrowsAsync<GrpcFailure>(() => real.Range(new RangeRequest { Key = Utf8("app/") }));
        var gone = await Assert.ThrowsAsync<GrpcFailure>(() => alice.Put(new PutRequest { Key = Utf8("app/x") }));
        Assert.Equal(afterwards, gone.Detail);
        using var later = As(ours, await LogIn(real, "root", RootPassword));
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        while ((await later.Range(new RangeRequest { Key = Utf8("app/short") })).Kvs.Count != 0)
        {
            Assert.True(DateTime.UtcNow < limit, "the key outlived its lease");
            await Task.Delay(50);
        }
    }

    private static async Task AssertSameAsync(EtcdCluster cluster)
    {
        var told = new List<string>();
        foreach (var member in cluster.Members)
        {
            using var root = As(member.Endpoint, await LogIn(member.Endpoint, "root", RootPassword));
            var last = (await root.Range(new RangeRequest { Key = Utf8("app/") })).Header.Revision;
            var hash = await root.HashKV(last);
            var users = await root.Call<AuthUserListResponse>("/etcdserverpb.Auth/UserList", new AuthUserListRequest());
            var status = await root.Call<AuthStatusResponse>("/etcdserverpb.Auth/AuthStatus", new AuthStatusRequest());
            told.Add($"{last} {hash.Hash} {string.Join(',', users.Users)} {status.AuthRevision}");
        }

        Assert.Single(told.Distinct(StringComparer.Ordinal));
    }

    private static Task Add(EtcdEndpoint etcd, string name, string password) =>
        Call(etcd, "UserAdd", new AuthUserAddRequest { Name = name, Password = password });

    private static AuthRoleGrantPermissionRequest Permit(string role, string key, string rangeEnd) =>
        new()
        {
            Name = role,
            Perm = new Permission
            {
                PermType = Permission.Types.Type.Readwrite,
                Key = Utf8(key),
                RangeEnd = Utf8(rangeEnd),
            },
        };

    /// <summary>The answers hold nothing but a header, which an empty message reads too.</summary>
    private static Task Call(EtcdEndpoint etcd, string method, IMessage request) =>
        etcd.Call<Google.Protobuf.WellKnownTypes.Empty>($"/etcdserverpb.Auth/{method}", request);

    private static async Task<string> LogIn(EtcdEndpoint etcd, string name, string password) =>
        (
            await etcd.Call<AuthenticateResponse>(
                "/etcdserverpb.Auth/Authenticate",
                new AuthenticateRequest { Name = name, Password = password }
            )
        ).Token;

    private static EtcdEndpoint As(EtcdEndpoint etcd, string token) =>
        new(etcd.Address, new Dictionary<string, string> { ["token"] = token });

    private static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);
}
