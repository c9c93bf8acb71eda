using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Keys;

/// <summary><c>etcdctl compaction</c>, on a member of its own: the others need their history.</summary>
public sealed class CompactionCases(OwnMember member) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("compaction 1")]
    [InlineData("compaction 99999")]
    [InlineData("compaction 0")]
    [InlineData("compaction -- -1")]
    [InlineData("compaction x")]
    [InlineData("compaction")]
    [InlineData("compaction 1 2")]
    [InlineData("compaction 1 --physical=x")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line], ("a", "1"));

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
}
