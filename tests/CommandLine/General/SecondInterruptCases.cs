using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>Control-C again, while a command ends because of the first: it goes on ending, in order and in silence.</summary>
public sealed class SecondInterruptCases(SharedMember member)
{
    private const int Rounds = 8;

    [Theory]
    [InlineData("elect {name} one")]
    [InlineData("elect -l {name}")]
    [InlineData("lock {name}")]
    public async Task WhoHoldsSomethingGivesItBack(string line)
    {
        var etcd = (await member.EtcdctlAsync()).Member;
        for (var round = 0; round < Rounds; round++)
        {
            var name = $"interrupts-{Guid.NewGuid()}";
            using var other = line.Contains("-l", StringComparison.Ordinal) ? Start($"elect {name} one", etcd) : null;
            using var program = Start(line.Replace("{name}", name, StringComparison.Ordinal), etcd);
            Assert.StartsWith(name, await program.NextLineAsync(), StringComparison.Ordinal);
            Assert.Equal((0, ""), await program.InterruptUntilEndAsync(round));
            if (other is null)
            {
                Assert.Equal(0, await CountAsync(etcd, name));
            }
        }
    }

    [Fact]
    public async Task AWatchEndsAtOnce()
    {
        var etcd = (await member.EtcdctlAsync()).Member;
        for (var round = 0; round < Rounds; round++)
        {
            var key = $"interrupts-{Guid.NewGuid()}";
            await etcd.Put(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8("1") });
            using var program = Start($"watch {key} --rev 1", etcd);
            Assert.Equal("PUT", await program.NextLineAsync());
            Assert.Equal((RunningProgram.EndedByInterrupt, ""), await program.InterruptUntilEndAsync(round));
        }
    }

    [Fact]
    public async Task ALeaseThatIsKeptAliveStays()
    {
        var etcd = (await member.EtcdctlAsync()).Member;
        var lease = await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 });
        for (var round = 0; round < Rounds; round++)
        {
            using var program = Start($"lease keep-alive {lease.ID:x}", etcd);
            Assert.Equal($"lease {lease.ID:x16} keepalived with TTL(600)", await program.NextLineAsync());
            Assert.Equal((RunningProgram.EndedByInterrupt, ""), await program.InterruptUntilEndAsync(round));
        }
    }

    private static RunningProgram Start(string line, EtcdEndpoint etcd) => RunningProgram.Start(Programs.OurEtcdctl, line, etcd);

    private static async Task<long> CountAsync(EtcdEndpoint etcd, string name) =>
        (
            await etcd.Range(
                new RangeRequest
                {
                    Key = ByteString.CopyFromUtf8(name + "/"),
                    RangeEnd = ByteString.CopyFromUtf8(name + "0"),
                    CountOnly = true,
                }
            )
        ).Count;
}
