using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Keys;

/// <summary><c>etcdctl get</c> in all its forms, over the same five keys.</summary>
public sealed class GetCases(SharedMember member)
{
    private static readonly (string, string)[] s_keys =
    [
        ("a", "3"),
        ("b", "1"),
        ("c", "2"),
        ("c", "22"),
        ("d/x", ""),
        ("d/y", "ü\n"),
    ];

    [Theory]
    [InlineData("get {p}a")]
    [InlineData("get {p}none")]
    [InlineData("get {p} --prefix")]
    [InlineData("get {p}d/ --prefix --keys-only")]
    [InlineData("get {p}a {p}c")]
    [InlineData("get {p}a --print-value-only")]
    [InlineData("get {p} --prefix -w fields")]
    [InlineData("get {p} --prefix -w json")]
    [InlineData("get {p}d/y --hex")]
    [InlineData("get")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line], s_keys);
}
