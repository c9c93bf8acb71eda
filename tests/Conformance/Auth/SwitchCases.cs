using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Authentication on and off, and the revision that counts the changes of users and roles.</summary>
public sealed class SwitchCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private static async Task<ulong> Revision(EtcdEndpoint etcd) => (await etcd.AuthStatus()).AuthRevision;

    [Theory, OnEach]
    public async Task ANewMemberIsOpenAtRevisionOne(ServerKind kind)
    {
        await using var server = await AuthMembers.Fresh(kind);
        var status = await server.Endpoint.AuthStatus();
        Assert.Equal((false, 1UL), (status.Enabled, status.AuthRevision));
        Assert.NotEqual(0UL, status.Header.MemberId);
    }

    [Theory, OnEach]
    public async Task EveryChangeCountsOnce(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        var revision = await Revision(etcd);
        Func<Task>[] changes =
        [
            () => etcd.UserAdd("ann", "secret"),
            () => etcd.UserAddWithoutPassword("bob"),
            () => etcd.UserChangePassword("ann", "secret"),
            () => etcd.UserChangePassword("bob", ""),
            () => etcd.RoleAdd("reader"),
            () => etcd.UserGrantRole("ann", "reader"),
            () => etcd.UserGrantRole("ann", "root"),
            () => etcd.RoleGrantPermission("reader", Allow.Read("a")),
            () => etcd.RoleGrantPermission("reader", Allow.Read("a")),
            () => etcd.RoleGrantPermission("reader", Allow.Write("a")),
            () => etcd.RoleRevokePermission("reader", Allow.Read("a")),
            () => etcd.UserRevokeRole("ann", "root"),
            () => etcd.RoleDelete("reader"),
            () => etcd.UserDelete("bob"),
        ];
        foreach (var change in changes)
        {
            await change();
            Assert.Equal(++revision, await Revision(etcd));
        }
    }

    [Theory, OnEach]
    public async Task WhatChangesNothingDoesNotCount(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.UserAdd("ann", "secret");
        await etcd.RoleAdd("reader");
        await etcd.UserGrantRole("ann", "reader");
        var revision = await Revision(etcd);
        await etcd.UserGrantRole("ann", "reader");
        await etcd.AuthDisable();
        await etcd.UserGet("ann");
        await etcd.UserList();
        await etcd.RoleGet("reader");
        await etcd.RoleList();
        await etcd.Put(Put(Utf8("a"), "x"));
        await Assert.ThrowsAsync<GrpcFailure>(() => etcd.AuthEnable());
        await Assert.ThrowsAsync<GrpcFailure>(() => etcd.UserAdd("ann", "secret"));
        await Assert.ThrowsAsync<GrpcFailure>(() => etcd.UserDelete("nobody"));
        await Assert.ThrowsAsync<GrpcFailure>(() => etcd.RoleAdd("reader"));
        await Assert.ThrowsAsync<GrpcFailure>(() => etcd.RoleRevokePermission("reader", Allow.Read("a")));
        await Assert.ThrowsAsync<GrpcFailure>(() => etcd.UserRevokeRole("ann", "root"));
        Assert.Equal(revision, await Revision(etcd));
    }

    [Theory, OnEach]
    public async Task DisablingCountsAndEnablingDoesNot(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var revision = await Revision(member.Nobody);
        await member.Enable();
        var status = await member.Root.AuthStatus();
        Assert.Equal((true, revision + 2), (status.Enabled, status.AuthRevision));
        await member.Root.AuthEnable();
        await member.LogIn("root", AuthMember.RootPassword);
        Assert.Equal(revision + 2, await Revision(member.Root));
        await member.Root.AuthDisable();
        status = await member.Nobody.AuthStatus();
        Assert.Equal((false, revision + 3), (status.Enabled, status.AuthRevision));
    }

    [Theory, OnEach]
    public async Task WithoutTheUserRootItIsNotEnabled(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await member.Nobody.UserGrantRole("ann", "root");
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: root user does not exist", member.Nobody.AuthEnable());
        Assert.False((await member.Nobody.AuthStatus()).Enabled);
    }

    [Theory, OnEach]
    public async Task WithoutTheRoleRootItIsNotEnabled(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("root", AuthMember.RootPassword);
        await member.Nobody.RoleAdd("root");
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: root user does not have root role", member.Nobody.AuthEnable());
        Assert.False((await member.Nobody.AuthStatus()).Enabled);
    }

    [Theory, OnEach]
    public async Task RootWithoutPasswordEnablesItAndLocksEverybodyOut(ServerKind kind)
    {
        await using var server = await AuthMembers.Fresh(kind);
        var etcd = server.Endpoint;
        await etcd.UserAddWithoutPassword("root");
        await etcd.UserGrantRole("root", "root");
        await etcd.AuthEnable();
        await WithoutUser(etcd.AuthDisable());
        await WithoutUser(etcd.UserList());
    }

    [Theory, OnEach]
    public async Task OnlyWhoHasTheRoleRootSwitches(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite(".."));
        await WithoutUser(member.Nobody.AuthEnable());
        await WithoutUser(member.Nobody.AuthDisable());
        await BadToken(member.Pretender.AuthDisable());
        await Denied(ann.AuthEnable());
        await Denied(ann.AuthDisable());
        await member.Root.UserGrantRole("ann", "root");
        await ann.AuthEnable();
        await ann.AuthDisable();
        Assert.False((await member.Nobody.AuthStatus()).Enabled);
    }

    [Theory, OnEach]
    public async Task TheStatusIsForAdministratorsBefore37(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite(".."));
        Assert.True((await member.Root.AuthStatus()).Enabled);
        await BadToken(member.Pretender.AuthStatus());
        if (kind == ServerKind.Real)
        {
            await WithoutUser(member.Nobody.AuthStatus());
            await Denied(ann.AuthStatus());
        }
        else
        {
            var revision = await Revision(member.Root);
            Assert.Equal(revision, await Revision(member.Nobody));
            Assert.Equal(revision, await Revision(ann));
        }
    }

    [Theory, OnEach]
    public async Task WhileItIsOffTokensAreNotLookedAt(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Pretender.Put(Put(Utf8("a"), "x"));
        await member.Pretender.UserAdd("ann", "secret");
        await member.Pretender.Status();
        Assert.False((await member.WithToken("").AuthStatus()).Enabled);
    }

    [Theory, OnEach]
    public async Task ItStaysOnOverARestart(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Given, "needs a server of its own");
        var folder = Directory.CreateTempSubdirectory("etcdsharp-test-");
        var options = new ServerOptions(["--bcrypt-cost", "4", "--log-level", "warn"], DataDirectory: folder.FullName);
        ulong revision;
        string token;
        await using (var first = await EtcdServer.StartAsync(kind, options))
        {
            var etcd = first.Endpoint;
            await etcd.UserAdd("root", AuthMember.RootPassword);
            await etcd.UserGrantRole("root", "root");
            await etcd.RoleAdd("reader");
            await etcd.RoleGrantPermission("reader", Allow.Read("a"));
            revision = await Revision(etcd);
            await etcd.AuthEnable();
            token = (await etcd.Authenticate("root", AuthMember.RootPassword)).Token;
            await first.StopAsync();
        }
        await using (var second = EtcdServer.Launch(kind, options))
        {
            await WaitUntilItAnswers(second.Endpoint);
            var member = new AuthMember(second);
            await WithoutUser(member.Nobody.Put(Put(Utf8("a"), "x")));

            // Tokens are no part of what is on disk, but the log from which this member starts still knows who asked for one.
            using var root = await member.LogIn("root", AuthMember.RootPassword);
            var status = await root.AuthStatus();
            Assert.Equal((true, revision), (status.Enabled, status.AuthRevision));
            Assert.Equal(["root"], (await root.UserGet("root")).Roles);
            Assert.Equal(Allow.Read("a"), Assert.Single((await root.RoleGet("reader")).Perm));
            Assert.NotEqual(token, (await root.Authenticate("root", AuthMember.RootPassword)).Token);
        }
        folder.Delete(recursive: true);
    }

    private static async Task WaitUntilItAnswers(EtcdEndpoint etcd)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        while (true)
        {
            try
            {
                await etcd.Range(Get(Utf8("a")));
                return;
            }
            catch (GrpcFailure refused) when (refused.Detail == NoUser)
            {
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or GrpcFailure && DateTime.UtcNow < limit)
            {
                // The member is not up yet.
                await Task.Delay(20);
            }
        }
    }
}
