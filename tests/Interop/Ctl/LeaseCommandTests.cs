using System.Text.RegularExpressions;

namespace EtcdSharp.Interop.Ctl;

public sealed partial class LeaseCommandTests(SharedServers servers)
{
    private readonly string _prefix = $"{Guid.NewGuid():N}/";

    public static TheoryData<ServerKind> Both => [ServerKind.Real, ServerKind.Ours];

    private static async Task<string> Grant(Etcdctl ctl, int ttl)
    {
        var match = Granted().Match(await ctl.Run("lease", "grant", $"{ttl}"));
        Assert.True(match.Success);
        Assert.Equal($"{ttl}", match.Groups["ttl"].Value);
        return match.Groups["id"].Value;
    }

    [Theory, MemberData(nameof(Both))]
    public async Task GrantPutAndRevoke(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        var id = await Grant(ctl, 100);
        await ctl.Run("put", $"{_prefix}a", "x", $"--lease={id}");
        Assert.Equal($"lease {id} revoked\n", await ctl.Run("lease", "revoke", id));
        Assert.Equal("", await ctl.Run("get", $"{_prefix}a"));
        Assert.Equal(
            "Error: failed to revoke lease (etcdserver: requested lease not found)",
            await ctl.Fail("lease", "revoke", id)
        );
    }

    [Theory, MemberData(nameof(Both))]
    public async Task TimeToLive(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        var id = await Grant(ctl, 100);
        await ctl.Run("put", $"{_prefix}a", "x", $"--lease={id}");
        Assert.Matches(
            $@"^lease {id} granted with TTL\(100s\), remaining\(\d+s\), attached keys\(\[{_prefix}a\]\)\n$",
            await ctl.Run("lease", "timetolive", id, "--keys")
        );
        await ctl.Run("lease", "revoke", id);
        Assert.Equal($"lease {id} already expired\n", await ctl.Run("lease", "timetolive", id));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task List(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        var id = await Grant(ctl, 100);
        Assert.Contains(id, (await ctl.Run("lease", "list")).Split('\n'));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task KeepAliveOnce(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        var id = await Grant(ctl, 100);
        Assert.Equal($"lease {id} keepalived with TTL(100)\n", await ctl.Run("lease", "keep-alive", "--once", id));
        Assert.Equal("Error: etcdserver: requested lease not found", await ctl.Fail("lease", "keep-alive", "--once", "1234"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task KeepAliveGoesOn(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        var id = await Grant(ctl, 3);
        using var alive = ctl.Start("lease", "keep-alive", id);
        try
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(
                    $"lease {id} keepalived with TTL(3)",
                    await alive.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(15))
                );
            }
        }
        finally
        {
            alive.Kill();
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task LockRunsACommandWhileItHoldsTheLock(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        Assert.Equal("inside\n", await ctl.Run("lock", $"{_prefix}lock", "echo", "inside"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task ElectionHasOneLeaderAtATime(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        using var first = ctl.Start("elect", $"{_prefix}election", "one");
        using var second = ctl.Start("elect", $"{_prefix}election", "two");
        try
        {
            var lines = new[] { first.StandardOutput.ReadLineAsync(), second.StandardOutput.ReadLineAsync() };
            var leader = await Task.WhenAny(lines).WaitAsync(TimeSpan.FromSeconds(15));
            var (winner, other, otherLine, name) =
                leader == lines[0] ? (first, second, lines[1], "two") : (second, first, lines[0], "one");
            Assert.False(otherLine.IsCompleted);
            await winner.StandardInput.DisposeAsync();
            InterruptOf(winner);
            Assert.StartsWith(
                $"{_prefix}election/",
                await otherLine.WaitAsync(TimeSpan.FromSeconds(70)),
                StringComparison.Ordinal
            );
            Assert.Equal(name, await other.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(15)));
        }
        finally
        {
            first.Kill();
            second.Kill();
        }
    }

    // An interrupted candidate resigns; a killed one leaves only when its lease of a minute ends.
    private static void InterruptOf(System.Diagnostics.Process process)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    [GeneratedRegex(@"^lease (?<id>[0-9a-f]+) granted with TTL\((?<ttl>\d+)s\)\n$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Granted();
}
