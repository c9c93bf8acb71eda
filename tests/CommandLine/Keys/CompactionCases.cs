using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Keys;

/// <summary><c>etcdctl compaction</c>, on a member of its own: the others need their history.</summary>
public sealed class CompactionCases(OwnMember member) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("compaction 99999")]
    [InlineData("compaction 0")]
    [InlineData("compaction -- -1")]
    [InlineData("compaction x")]
    [InlineData("compaction")]
    [InlineData("compaction 1 2")]
    [InlineData("compaction 1 --physical=x")]
    public async Task SameAsEtcd(string line)
    {
        var side = await member.EtcdctlAsync();
        await CompactEverythingAsync(side);
        await side.SameAsync([line]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compacts(bool ours)
    {
        var side = await member.EtcdctlAsync();
        var revision = await CompactEverythingAsync(side) + 1;
        await side.Member.Put(new PutRequest { Key = ByteString.CopyFromUtf8("k") });
        var outcome = await side.RawAsync($"compaction {revision} --physical", ours);
        Assert.Equal((0, $"compacted revision {revision}\n"), (outcome.ExitCode, outcome.Output));
        outcome = await side.RawAsync($"compaction {revision}", ours);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task ReadsAndWatchesOfCompactedRevisionsFail()
    {
        var side = await member.EtcdctlAsync();
        var revision = 0L;
        foreach (var value in "123")
        {
            var put = new PutRequest { Key = ByteString.CopyFromUtf8("k"), Value = ByteString.CopyFromUtf8($"{value}") };
            revision = (await side.Member.Put(put)).Header.Revision;
        }

        await side.Member.Compact(new CompactionRequest { Revision = revision });
        await side.SameAsync([
            $"compaction {revision}",
            $"compaction {revision} --physical",
            $"get k --rev {revision - 1}",
            $"get k --rev {revision}",
            $"watch k --rev {revision - 1}",
            $"watch k --rev {revision - 1} -w fields",
            $"endpoint hashkv --rev {revision - 1}",
        ]);
    }

    private static async Task<long> CompactEverythingAsync(SideBySide side)
    {
        var put = await side.Member.Put(new PutRequest { Key = ByteString.CopyFromUtf8("k") });
        await side.Member.Compact(new CompactionRequest { Revision = put.Header.Revision });
        return put.Header.Revision;
    }
}
