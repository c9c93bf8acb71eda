using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Interop.DataDirectories;

/// <summary>
/// One data directory under etcd 3.5.30 and ours in turns, ours at --emulated-version 3.5: each finds all that the
/// other left, hash for hash, and leaves something new. ETCDSHARP_HANDOVER_KEYS sets how many keys are written in all.
/// </summary>
public sealed class HandOverTests(ITestOutputHelper output)
{
    private const int Turns = 11;

    /// <summary>Etcd ends by the signal that it was sent, which shells and .NET count from 128.</summary>
    private const int EndedBySigterm = 128 + 15;

    private const int KeysDefault = 2_000;

    private static readonly int s_keys = int.TryParse(
        Environment.GetEnvironmentVariable("ETCDSHARP_HANDOVER_KEYS"),
        CultureInfo.InvariantCulture,
        out var keys
    )
        ? keys
        : KeysDefault;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_directory_goes_ten_times_from_one_to_the_other(bool kill)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var directory = new ScratchDirectory();
        Contents? left = null;
        for (var turn = 0; turn < Turns; turn++)
        {
            var kind = turn % 2 == 0 ? ServerKind.Real : ServerKind.Ours;
            var started = Stopwatch.GetTimestamp();
            await using var server = await Servers.StartAsync(kind, directory.Path, "3.5");
            var opened = Stopwatch.GetElapsedTime(started);
            if (left is not null)
            {
                await left.AssertFoundByAsync(server.Endpoint);
            }

            await AssertVersionsAsync(server);
            await Workload.WriteAsync(server.Endpoint, turn, s_keys / Turns);
            await Workload.ChangeUsersAsync(server.Endpoint, turn);
            left = await Contents.ReadAsync(server.Endpoint);
            output.WriteLine(
                $"turn {turn}: {kind} served after {opened.TotalMilliseconds:f0} ms, holds {left.Count} keys at revision {left.Revision}"
            );
            if (kill)
            {
                await server.KillAsync();
            }
            else
            {
                Assert.Equal(kind == ServerKind.Real ? EndedBySigterm : 0, await server.StopAsync());
            }
        }

        Assert.True(left!.Count > s_keys / 2, $"only {left.Count} keys are there in the end");
        await using var last = await Servers.StartAsync(ServerKind.Real, directory.Path, "3.5");
        await left.AssertFoundByAsync(last.Endpoint);
    }

    /// <summary>Killed right after the last change, so that the other one finds the users in the log, not yet in the store.</summary>
    [Theory]
    [InlineData(ServerKind.Real, ServerKind.Ours)]
    [InlineData(ServerKind.Ours, ServerKind.Real)]
    public async Task A_directory_with_authentication_on_goes_over_and_back(ServerKind one, ServerKind other)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var directory = new ScratchDirectory();
        await using (var server = await Servers.StartAsync(one, directory.Path, "3.5"))
        {
            await server.Endpoint.Put(new PutRequest { Key = Text("app/1"), Value = Text("first") });
            var users = new Users(server.Endpoint);
            await users.AddUserAsync("root", "root's");
            await users.GrantRoleAsync("root", "root");
            await users.AddRoleAsync("app");
            await users.GrantAsync("app", "app/", "app0", Permission.Types.Type.Readwrite);
            await users.AddUserAsync("alice", "alice's");
            await users.GrantRoleAsync("alice", "app");
            await users.EnableAsync();
            await server.KillAsync();
        }

        await using (var server = await Servers.StartAsync(other, directory.Path, "3.5"))
        {
            await AssertAskedAsync(server.Endpoint, "alice's");
            using var root = await new Users(server.Endpoint).LogInAsync("root", "root's");
            await new Users(root).ChangePasswordAsync("alice", "changed");
            await server.KillAsync();
        }

        await using var again = await Servers.StartAsync(one, directory.Path, "3.5");
        var refused = await Assert.ThrowsAsync<GrpcFailure>(() => new Users(again.Endpoint).LogInAsync("alice", "alice's"));
        Assert.Equal("etcdserver: authentication failed, invalid user ID or password", refused.Detail);
        await AssertAskedAsync(again.Endpoint, "changed");
    }

    private static async Task AssertAskedAsync(EtcdEndpoint etcd, string password)
    {
        var anonymous = await Assert.ThrowsAsync<GrpcFailure>(() => etcd.Range(new RangeRequest { Key = Text("app/1") }));
        Assert.Equal("etcdserver: user name is empty", anonymous.Detail);
        using var alice = await new Users(etcd).LogInAsync("alice", password);
        Assert.Equal("first", (await alice.Range(new RangeRequest { Key = Text("app/1") })).Kvs[0].Value.ToStringUtf8());
        await alice.Put(new PutRequest { Key = Text("app/2"), Value = Text(password) });
        var denied = await Assert.ThrowsAsync<GrpcFailure>(() => alice.Put(new PutRequest { Key = Text("other") }));
        Assert.Equal("etcdserver: permission denied", denied.Detail);
    }

    private static ByteString Text(string text) => ByteString.CopyFromUtf8(text);

    [Fact]
    public async Task A_directory_that_was_raised_is_refused_by_an_older_emulation_with_the_way_out()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var directory = new ScratchDirectory();
        await using (var raised = await Servers.StartAsync(ServerKind.Ours, directory.Path, "3.7"))
        {
            await WaitForAsync(async () => (await raised.Endpoint.Status()).StorageVersion == "3.7.0");
            Assert.Equal("3.7.1", (await raised.Endpoint.Status()).Version);
            Assert.Equal(0, await raised.StopAsync());
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Servers.StartAsync(ServerKind.Ours, directory.Path, "3.6")
        );
        Assert.Contains("ended with code 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--emulated-version", refused.Message, StringComparison.Ordinal);
        await using var again = await Servers.StartAsync(ServerKind.Ours, directory.Path, "3.7");
    }

    [Fact]
    public async Task A_directory_of_3_5_rises_to_3_6_and_then_to_3_7_and_keeps_its_data()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var directory = new ScratchDirectory();
        Contents left;
        await using (var real = await Servers.StartAsync(ServerKind.Real, directory.Path, "3.5"))
        {
            await Workload.WriteAsync(real.Endpoint, 0, 200);
            left = await Contents.ReadAsync(real.Endpoint);
            await real.KillAsync();
        }

        foreach (var release in new[] { "3.5", "3.6", "3.7" })
        {
            await using var ours = await Servers.StartAsync(ServerKind.Ours, directory.Path, release);
            await left.AssertFoundByAsync(ours.Endpoint);
            await WaitForAsync(async () => (await ours.Endpoint.Status()).StorageVersion == release + ".0");
            Assert.StartsWith(release + ".", (await ours.Endpoint.Status()).Version, StringComparison.Ordinal);
            Assert.Equal(0, await ours.StopAsync());
        }
    }

    private static async Task AssertVersionsAsync(EtcdServer server)
    {
        using var http = new HttpClient();
        var answer = await http.GetStringAsync(new Uri(server.Address, "/version"), TestContext.Current.CancellationToken);
        Assert.Contains("\"etcdserver\":\"3.5.30\"", answer, StringComparison.Ordinal);
        Assert.Equal("3.5.30", (await server.Endpoint.Status()).Version);
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(15), "it did not come to be in 15 s");
            await Task.Delay(10);
        }
    }
}
