using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Keys;

/// <summary><c>etcdctl put</c>.</summary>
public sealed class PutCases(SharedMember member)
{
    private static readonly (string, string)[] s_keys = [("there", "before")];

    [Theory]
    [InlineData("put {p}a 1")]
    [InlineData("put {p}a ''")]
    [InlineData("put {p}a 1 2")]
    [InlineData("put {p}a -- -1")]
    [InlineData("put -- {p}a -1")]
    [InlineData("put {p}a -1")]
    [InlineData("put {p}a 1 -w json")]
    [InlineData("put {p}a 1 -w fields")]
    [InlineData("put {p}a 1 -w table")]
    [InlineData("put {p}there after --prev-kv")]
    [InlineData("put {p}there after --prev-kv -w json")]
    [InlineData("put {p}there after --prev-kv -w fields")]
    [InlineData("put {p}there after --prev-kv --hex")]
    [InlineData("put {p}a 1 --prev-kv")]
    [InlineData("put {p}there --ignore-value")]
    [InlineData("put {p}there new --ignore-value")]
    [InlineData("put {p}none --ignore-value")]
    [InlineData("put {p}there new --ignore-lease")]
    [InlineData("put {p}none new --ignore-lease")]
    [InlineData("put {p}there --ignore-value --ignore-lease")]
    [InlineData("put {p}a 1 --lease 123456")]
    [InlineData("put {p}a 1 --lease=xyz")]
    [InlineData("put {p}a 1 --lease=0")]
    [InlineData("put {p}a 1 --lease=ffffffffffffffffff")]
    [InlineData("put {p}a 1 --lease ''")]
    [InlineData("put '' value")]
    [InlineData("put")]
    [InlineData("put {p}a")]
    public async Task SameAsEtcd(string line) =>
        await (await member.EtcdctlAsync()).SameAsync([line, "get {p} --prefix -w json"], s_keys);

    [Theory]
    [InlineData("from standard input")]
    [InlineData("two\nlines\n")]
    [InlineData("\n")]
    public async Task ValueFromStandardInput(string value) =>
        await (await member.EtcdctlAsync()).SameAsync([
            new Step("put {p}a") { Input = value },
            "get {p}a --hex",
            "get {p}a -w fields",
        ]);

    [Fact]
    public async Task KeyOfLease() =>
        await (await member.EtcdctlAsync()).SameAsync([
            new Step("lease grant 100") { Captures = "lease" },
            "put {p}a 1 --lease {lease}",
            "put {p}a 2 --ignore-lease",
            "get {p}a -w fields",
            "get {p}a -w json --hex",
            "get {p}a -w fields --hex",
            "lease timetolive {lease} --keys",
            "lease revoke {lease}",
            "get {p}a",
        ]);
}
