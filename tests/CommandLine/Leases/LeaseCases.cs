using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Leases;

/// <summary><c>etcdctl lease</c>.</summary>
public sealed class LeaseCases(SharedMember member)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("lease grant 100")]
    [InlineData("lease grant 100 -w json")]
    [InlineData("lease grant 100 -w fields")]
    [InlineData("lease grant 100 -w fields --hex")]
    [InlineData("lease grant 100 -w table")]
    [InlineData("lease grant 0")]
    [InlineData("lease grant -- -7")]
    [InlineData("lease grant 99999999999")]
    [InlineData("lease grant x")]
    [InlineData("lease grant 10 20")]
    [InlineData("lease grant")]
    [InlineData("lease revoke 1234")]
    [InlineData("lease revoke zz")]
    [InlineData("lease revoke")]
    [InlineData("lease revoke 1234 -w json")]
    [InlineData("lease timetolive 1234")]
    [InlineData("lease timetolive 1234 --keys")]
    [InlineData("lease timetolive 1234 -w json")]
    [InlineData("lease timetolive 1234 -w fields")]
    [InlineData("lease timetolive 1234 -w table")]
    [InlineData("lease timetolive zz")]
    [InlineData("lease timetolive")]
    [InlineData("lease keep-alive 1234")]
    [InlineData("lease keep-alive 1234 -w json")]
    [InlineData("lease keep-alive 1234 -w fields")]
    [InlineData("lease keep-alive 1234 --once")]
    [InlineData("lease keep-alive zz")]
    [InlineData("lease keep-alive")]
    [InlineData("lease list x -w table")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line]);

    [Theory]
    [InlineData("simple")]
    [InlineData("fields")]
    [InlineData("json")]
    [InlineData("fields --hex")]
    [InlineData("json --hex")]
    public async Task LifeOfOne(string format) =>
        await (await member.EtcdctlAsync()).SameAsync([
            new Step("lease grant 100") { Captures = "lease" },
            $"lease timetolive {{lease}} -w {format}",
            "put {p}k v --lease {lease}",
            "put {p}l v --lease {lease}",
            $"lease timetolive {{lease}} --keys -w {format}",
            $"lease keep-alive --once {{lease}} -w {format}",
            $"lease revoke {{lease}} -w {format}",
            $"lease timetolive {{lease}} -w {format}",
            $"lease keep-alive {{lease}} -w {format}",
            "get {p} --prefix",
        ]);

    [Theory]
    [InlineData("lease grant 50")]
    [InlineData("lease list")]
    [InlineData("lease timetolive 1")]
    public async Task ProtobufIsRefused(string line)
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            $"{line} -w protobuf",
            (_, error, code) =>
            {
                Assert.NotEqual(0, code);
                Assert.StartsWith("Error: ", error);
            }
        );
    }

    [Fact]
    public async Task KeepsAliveUntilItIsGone()
    {
        var side = await member.EtcdctlAsync();
        var granted = await side.Member.LeaseGrant(new LeaseGrantRequest { TTL = 2 });
        using var process = side.Start($"lease keep-alive {granted.ID:x16}", ours: true);
        Assert.Equal(
            $"lease {granted.ID:x16} keepalived with TTL({granted.TTL})",
            await process.StandardOutput.ReadLineAsync().WaitAsync(s_patience)
        );
        Assert.Equal(
            $"lease {granted.ID:x16} keepalived with TTL({granted.TTL})",
            await process.StandardOutput.ReadLineAsync().WaitAsync(s_patience)
        );
        await side.Member.LeaseRevoke(new LeaseRevokeRequest { ID = granted.ID });
        Assert.Equal(
            $"lease {granted.ID:x16} expired or revoked.\n",
            await process.StandardOutput.ReadToEndAsync().WaitAsync(s_patience)
        );
        await process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(0, process.ExitCode);
    }
}
