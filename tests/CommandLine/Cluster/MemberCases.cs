using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Cluster;

/// <summary><c>etcdctl member</c>.</summary>
public sealed class MemberCases(OwnMember member) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("member list")]
    [InlineData("member list -w json")]
    [InlineData("member list -w fields")]
    [InlineData("member list -w table")]
    [InlineData("member add")]
    [InlineData("member add x")]
    [InlineData("member add x y --peer-urls=http://127.0.0.1:9")]
    [InlineData("member add x http://127.0.0.1:9")]
    [InlineData("member add x HTTP://127.0.0.1:9 https://b:1")]
    [InlineData("member add x --peer-urls=nonsense")]
    [InlineData("member add x --peer-urls=http://127.0.0.1")]
    [InlineData("member remove")]
    [InlineData("member remove zz")]
    [InlineData("member remove 1")]
    [InlineData("member remove 1 2")]
    [InlineData("member update")]
    [InlineData("member update 1")]
    [InlineData("member update zz --peer-urls=http://127.0.0.1:9")]
    [InlineData("member update 1 --peer-urls=http://127.0.0.1:9")]
    [InlineData("member promote")]
    [InlineData("member promote zz")]
    [InlineData("member promote 1")]
    [InlineData("member promote -- -1")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line]);

    /// <summary>3.7 prints ids of the header in hexadecimal, too, and knows --consistency.</summary>
    [Theory]
    [InlineData("member list --hex -w json", "{\"header\":{\"cluster_id\":\"")]
    [InlineData("member list --consistency s", "ID, started, default, ")]
    [InlineData("member list --consistency=l", "ID, started, default, ")]
    public async Task NewerForms(string line, string start)
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            line,
            (output, error, code) =>
            {
                Assert.Equal((0, ""), (code, error));
                Assert.StartsWith(start, output);
            }
        );
    }

    [Fact]
    public async Task FieldsInHexadecimal()
    {
        var side = await member.EtcdctlAsync();
        var self = (await side.Member.Status()).Header.MemberId;
        var outcome = await side.OursAsync("member list --hex -w fields");
        Assert.Contains($"\"MemberID\" : {self:x}\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"\"ID\" : {self:x}\n\"Name\" : \"default\"\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongConsistency() =>
        await (await member.EtcdctlAsync()).NewerAsync(
            "member list --consistency x",
            (_, error, code) => Assert.Equal((4, "Error: unknown consistency flag \"x\""), (code, error))
        );
}
