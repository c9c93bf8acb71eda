using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Cluster;

/// <summary>
/// Changes of the membership, which are taken back within the case. A learner does not need a majority to answer. Members
/// are told in the order of their ids, which are new each time, so the words are compared without their order. The id
/// of a member comes from its addresses and the second, and cannot come again: each run has host names of its own.
/// </summary>
public sealed class MembershipCases(OwnMember member) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    [InlineData("fields")]
    [InlineData("table")]
    public async Task LearnerComesAndGoes(string format) =>
        await (await member.EtcdctlAsync()).SameWordsAsync(
            [
                $"member add new --learner --peer-urls=http://{{h}}:9,http://{{h}}:8 -w {format}",
                new Step($"member update {{id}} --peer-urls=http://{{h}}:7 -w {format}") { FindsMember = "id" },
                $"member promote {{id}} -w {format}",
                "member list",
                $"member remove {{id}} -w {format}",
                "member list",
            ],
            // 3.7 says that it is one.
            static words =>
                words.Replace(" as learner ", " ", StringComparison.Ordinal)
        );

    /// <summary>3.7 has the ids of the header in hexadecimal, too.</summary>
    [Fact]
    public async Task IdsInHexadecimal()
    {
        var side = await member.EtcdctlAsync();
        var added = await side.OursAsync("member add new --learner --peer-urls=http://127.0.0.1:9 -w json --hex");
        var id = (await side.Member.MemberList()).Members.Single(static one => one.IsLearner).ID;
        var (cluster, self) = await IdsAsync(side);
        Assert.Equal(0, added.ExitCode);
        Assert.StartsWith(
            $"{{\"header\":{{\"cluster_id\":\"{cluster:x}\",\"member_id\":\"{self:x}\",",
            added.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $",\"member\":{{\"ID\":\"{id:x}\",\"peerURLs\":[\"http://127.0.0.1:9\"],\"isLearner\":true}},\"members\":[{{\"ID\":\"",
            added.Output,
            StringComparison.Ordinal
        );
        var removed = await side.OursAsync($"member remove {id:x} -w json --hex");
        Assert.Contains($"\"members\":[{{\"ID\":\"{self:x}\",\"name\":\"default\",", removed.Output, StringComparison.Ordinal);
    }

    private static async Task<(ulong Cluster, ulong Member)> IdsAsync(SideBySide side)
    {
        var header = (await side.Member.Status()).Header;
        return (header.ClusterId, header.MemberId);
    }
}
