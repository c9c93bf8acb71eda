using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Leases;

/// <summary><c>etcdctl lease list</c>, on a member that nobody else makes leases at.</summary>
public sealed class LeaseListCases(OwnMember member) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("lease list")]
    [InlineData("lease list -w json")]
    [InlineData("lease list -w fields")]
    [InlineData("lease list -w fields --hex")]
    public async Task SameAsEtcd(string line)
    {
        var side = await member.EtcdctlAsync();
        await side.SameAsync([line]);
        await side.Member.LeaseGrant(new LeaseGrantRequest { TTL = 100 });
        await side.SameAsync([line]);
    }
}
