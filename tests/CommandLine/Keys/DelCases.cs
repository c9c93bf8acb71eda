using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Keys;

/// <summary><c>etcdctl del</c>; what is left is looked at afterwards.</summary>
public sealed class DelCases(SharedMember member)
{
    private static readonly (string, string)[] s_keys = [("a", "1"), ("b", "2"), ("c/x", "3"), ("c/y", "4")];

    [Theory]
    [InlineData("del {p}a")]
    [InlineData("del {p}none")]
    [InlineData("del {p}c/ --prefix")]
    [InlineData("del {p} --prefix --prev-kv")]
    [InlineData("del {p}a --prev-kv")]
    [InlineData("del {p}a --prev-kv --hex")]
    [InlineData("del {p}a --prev-kv -w json")]
    [InlineData("del {p}a --prev-kv -w fields")]
    [InlineData("del {p}none -w json")]
    [InlineData("del {p}none -w fields")]
    [InlineData("del {p}a -w table")]
    [InlineData("del {p}a {p}c --range")]
    [InlineData("del {p}a {p}c --prefix")]
    [InlineData("del {p}a {p}c --from-key")]
    [InlineData("del {p}a --prefix --from-key")]
    [InlineData("del {p}a {p}b {p}c")]
    [InlineData("del ''")]
    [InlineData("del")]
    public async Task SameAsEtcd(string line) =>
        await (await member.EtcdctlAsync()).SameAsync([line, "get {p} --prefix"], s_keys);

    [Fact]
    public async Task WarnsAndWaitsBeforeItDeletesManyKeys()
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            "del {p}a {p}c",
            (output, error, code) =>
            {
                Assert.Equal((0, "2\n"), (code, output));
                Assert.Equal(
                    "Warning: Keys between \"a\" and \"c\" will be deleted. Please interrupt the command within next 2 seconds to cancel. "
                        + "You can provide `--range` flag to avoid the delay.",
                    SideBySide.WithoutPrefix(error)
                );
            },
            s_keys
        );
    }
}
