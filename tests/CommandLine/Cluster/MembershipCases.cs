using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Cluster;

/// <summary>Changes of the membership, which are taken back within the case. A learner does not need a majority to answer.</summary>
public sealed class MembershipCases(OwnMember member) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    [InlineData("json --hex")]
    [InlineData("fields")]
    [InlineData("table")]
    public async Task LearnerComesAndGoes(string format)
    {
        var side = await member.EtcdctlAsync();
        await side.SameAsync([
            $"member add new --learner --peer-urls=http://127.0.0.1:9,http://127.0.0.1:8 -w {format}",
            new Step("lease list") { FindsMember = "id" },
            $"member update {{id}} --peer-urls=http://127.0.0.1:7 -w {format}",
            $"member promote {{id}} -w {format}",
            $"member remove {{id}} -w {format}",
            "member list",
        ]);
    }
}
