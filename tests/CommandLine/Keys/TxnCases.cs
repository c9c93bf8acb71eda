using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Keys;

/// <summary><c>etcdctl txn</c>, whose input is written as it would be typed: a slash ends a line.</summary>
public sealed class TxnCases(SharedMember member)
{
    private static readonly (string, string)[] s_keys = [("a", "1"), ("b", "2")];

    [Theory]
    [InlineData("txn", "val(\"{p}a\") = \"1\"//get {p}a//get {p}b//")]
    [InlineData("txn", "value(\"{p}a\") = \"2\"//get {p}a//get {p}b//")]
    [InlineData("txn -i", "val(\"{p}a\") = \"1\"//put {p}a 3/del {p}b//get {p}b//")]
    [InlineData("txn --interactive", "//put {p}c \"with space\"//")]
    [InlineData("txn", "//put {p}c \"with space\"///")]
    [InlineData("txn", "//put {p}c 'single \"quoted\"' --prev-kv///")]
    [InlineData("txn", "//put {p}c \"\\x41\\t\\\"\\u00fc\"/get {p}c///")]
    [InlineData("txn", "ver(\"{p}a\") = \"1\"//get {p}a///")]
    [InlineData("txn", "version(\"{p}a\") > \"0\"//get {p}a///")]
    [InlineData("txn", "mod(\"{p}a\") > \"0\"//get {p}a///")]
    [InlineData("txn", "m(\"{p}a\") < \"2\"//get {p}a//get {p}b//")]
    [InlineData("txn", "create(\"{p}none\") = \"0\"//get {p}a///")]
    [InlineData("txn", "c(\"{p}none\") != \"0\"//get {p}a//get {p}b//")]
    [InlineData("txn", "val(\"{p}a\") = \"1\"/val(\"{p}b\") = \"2\"//get {p} --prefix///")]
    [InlineData("txn", "val(\"{p}a\") = \"1\"/val(\"{p}b\") = \"3\"//get {p}a//get {p} --prefix --keys-only//")]
    [InlineData("txn", "//get {p} --prefix --limit 1 --order DESCEND///")]
    [InlineData("txn", "//del {p} --prefix --prev-kv///")]
    [InlineData("txn", "//del {p}a {p}c --range/get {p} --prefix///")]
    [InlineData("txn -w json", "val(\"{p}a\") = \"1\"//get {p}a/put {p}b 5 --prev-kv/del {p}c/del {p}a --prev-kv///")]
    [InlineData("txn -w fields", "val(\"{p}a\") = \"1\"//get {p}a/put {p}b 5 --prev-kv/del {p}c/del {p}a --prev-kv///")]
    [InlineData("txn -w json", "///")]
    [InlineData("txn -w fields", "val(\"{p}a\") = \"7\"////")]
    [InlineData("txn -w table", "///")]
    [InlineData("txn", "///")]
    [InlineData("txn --hex", "//get {p}a///")]
    [InlineData("txn", "  val(\"{p}a\") = \"1\"  //  get   {p}a  ///")]
    [InlineData("txn", "val(\"{p}a\")= \"1\"//get {p}a///")]
    [InlineData("txn", "val(\"{p}a\")  =  \"1\"//get {p}a///")]
    [InlineData("txn", "//put {p}a 1/put {p}a 2///")]
    [InlineData("txn", "val(\"{p}a\")=\"1\"//get {p}a///")]
    [InlineData("txn", "val({p}a) = \"1\"//get {p}a///")]
    [InlineData("txn", "nonsense///")]
    [InlineData("txn", "size(\"{p}a\") = \"1\"///")]
    [InlineData("txn", "ver(\"{p}a\") = \"x\"///")]
    [InlineData("txn", "val(\"{p}a\") =///")]
    [InlineData("txn", "//get///")]
    [InlineData("txn", "//put///")]
    [InlineData("txn", "//del///")]
    [InlineData("txn", "//watch {p}a///")]
    [InlineData("txn", "//nonsense {p}a///")]
    [InlineData("txn", "//put {p}a 1 --ignore-value///")]
    [InlineData("txn", "//put {p}a 1 --lease zzz///")]
    [InlineData("txn", "//get {p}a --order x///")]
    [InlineData("txn", "//get {p}a --consistency s///")]
    [InlineData("txn", "")]
    [InlineData("txn", "val(\"{p}a\") = \"1\"")]
    [InlineData("txn -i", "/")]
    [InlineData("txn extra", "")]
    public async Task SameAsEtcd(string line, string typed) =>
        await (await member.EtcdctlAsync()).SameAsync(
            [new Step(line) { Input = Typed(typed) }, "get {p} --prefix --hex"],
            s_keys
        );

    /// <summary>The real one panics at an operator that does not exist, and at any lease.</summary>
    [Theory]
    [InlineData("lease(\"{p}a\") = \"0\"//get {p}a///", 0, "")]
    [InlineData("lease(\"{p}a\") = \"1f\"//get {p}a///", 0, "")]
    [InlineData(
        "val(\"{p}a\") >= \"1\"///",
        3,
        "Error: malformed comparison: val(\"{p}a\") >= \"1\" (unknown operator >=: =, !=, < and > are known)"
    )]
    public async Task WhereTheRealOnePanics(string typed, int exitCode, string error)
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            new Step("txn") { Input = Typed(typed) },
            (_, told, code) =>
            {
                Assert.Equal(exitCode, code);
                Assert.Equal(error.Replace("{p}", "", StringComparison.Ordinal), SideBySide.WithoutPrefix(told));
            },
            s_keys
        );
    }

    /// <summary>Prefixes of cases end with a slash, which stays.</summary>
    private static string Typed(string text) =>
        text.Replace("{p}", "\u0001", StringComparison.Ordinal)
            .Replace('/', '\n')
            .Replace("\u0001", "{p}", StringComparison.Ordinal);
}
