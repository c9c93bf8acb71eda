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
        ("d/y", "ü\n\t\"<&>\\"),
    ];

    [Theory]
    [InlineData("get {p}a")]
    [InlineData("get {p}none")]
    [InlineData("get {p} --prefix")]
    [InlineData("get --prefix {p}")]
    [InlineData("get --prefix=true {p}")]
    [InlineData("get --prefix=false {p}a")]
    [InlineData("get {p}a {p}c")]
    [InlineData("get {p}a ''")]
    [InlineData("get {p}c {p}a")]
    [InlineData("get {p}a {p}b {p}c")]
    [InlineData("get {p}d/ --prefix --keys-only")]
    [InlineData("get {p} --prefix --keys-only -w fields")]
    [InlineData("get {p} --prefix --keys-only -w json")]
    [InlineData("get {p}a --print-value-only")]
    [InlineData("get {p} --prefix --print-value-only")]
    [InlineData("get {p} --prefix --print-value-only --hex")]
    [InlineData("get {p}a --print-value-only -w json")]
    [InlineData("get {p}a --print-value-only -w fields")]
    [InlineData("get {p} --prefix --count-only -w fields")]
    [InlineData("get {p} --prefix --count-only")]
    [InlineData("get {p} --prefix --count-only -w json")]
    [InlineData("get {p} --prefix --limit 2")]
    [InlineData("get {p} --prefix --limit=2 -w fields")]
    [InlineData("get {p} --prefix --limit=2 -w json")]
    [InlineData("get {p} --prefix --limit=0x2")]
    [InlineData("get {p} --prefix --limit -1")]
    [InlineData("get {p} --prefix --order DESCEND")]
    [InlineData("get {p} --prefix --order descend")]
    [InlineData("get {p} --prefix --order ASCEND")]
    [InlineData("get {p} --prefix --sort-by VALUE")]
    [InlineData("get {p} --prefix --sort-by value --order=descend")]
    [InlineData("get {p} --prefix --sort-by VERSION --order DESCEND")]
    [InlineData("get {p} --prefix --sort-by CREATE --order DESCEND")]
    [InlineData("get {p} --prefix --sort-by MODIFY --limit 1")]
    [InlineData("get {p} --prefix --sort-by VALUE --limit 2")]
    [InlineData("get {p} --prefix --sort-by VALUE --limit 2 --order ASCEND")]
    [InlineData("get {p} --prefix --sort-by KEY --order DESCEND --limit 3")]
    [InlineData("get {p} --prefix --sort-by NAME")]
    [InlineData("get {p} --prefix --order UP")]
    [InlineData("get {p}a --consistency s")]
    [InlineData("get {p}a --consistency l")]
    [InlineData("get {p}a --consistency x")]
    [InlineData("get {p}a --consistency=")]
    [InlineData("get {p} --prefix -w fields")]
    [InlineData("get {p} --prefix --write-out fields")]
    [InlineData("get {p} --prefix -w json")]
    [InlineData("get {p} --prefix -wjson")]
    [InlineData("get {p} --prefix -w=json")]
    [InlineData("get {p}a -w simple")]
    [InlineData("get {p}a -w table")]
    [InlineData("get {p}a -w yaml")]
    [InlineData("get {p}a -w ''")]
    [InlineData("get {p}none -w fields")]
    [InlineData("get {p}none -w json")]
    [InlineData("get {p}d/y --hex")]
    [InlineData("get {p}d/y --hex -w json")]
    [InlineData("get {p}a --keys-only --count-only")]
    [InlineData("get {p}a --rev 1")]
    [InlineData("get {p}a --rev 99999999")]
    [InlineData("get {p}a --rev=-5")]
    [InlineData("get {p}a --rev abc")]
    [InlineData("get {p}a --rev 99999999999999999999")]
    [InlineData("get {p}a --prefix --from-key")]
    [InlineData("get {p}a {p}b --prefix")]
    [InlineData("get {p}a {p}b --from-key")]
    [InlineData("get {p}x --from-key --limit 0 {p}y")]
    [InlineData("get -- {p}a")]
    [InlineData("get -- --prefix")]
    [InlineData("get ''")]
    [InlineData("get")]
    [InlineData("get --prefix")]
    [InlineData("get --hex --prefix --print-value-only {p}c")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line], s_keys);

    [Theory]
    [InlineData("get {p} --prefix --min-create-rev 5 --max-create-rev 4")]
    [InlineData("get {p} --prefix --min-mod-rev 5 --max-mod-rev 4")]
    [InlineData("get {p} --prefix --min-mod-rev 1")]
    [InlineData("get {p} --prefix --max-mod-rev 99999999 --min-create-rev 1")]
    [InlineData("get {p} --prefix --stream")]
    public async Task OptionsThat35DoesNotHave(string line)
    {
        var newer = await member.EtcdctlAsync();
        await newer.NewerAsync(line, (_, error, _) => Assert.DoesNotContain("unknown flag", error), s_keys);
    }

    [Fact]
    public async Task AStreamTakesATargetWithoutAnOrder() =>
        await (await member.EtcdctlAsync()).NewerAsync(
            "get {p} --prefix --stream --sort-by VALUE --print-value-only",
            (output, _, code) =>
            {
                Assert.Equal(0, code);
                Assert.StartsWith("\n1\n22\n3\n", output, StringComparison.Ordinal);
            },
            s_keys
        );

    [Fact]
    public async Task AStreamTakesNoOrder() =>
        await (await member.EtcdctlAsync()).NewerAsync(
            "get {p} --prefix --stream --sort-by VALUE --order ASCEND",
            (_, error, code) =>
            {
                Assert.Equal(1, code);
                Assert.Contains("RangeStream does not support custom sort orders", error);
            },
            s_keys
        );

    [Fact]
    public async Task LeasesInHexadecimal() =>
        await (await member.EtcdctlAsync()).NewerAsync(
            "get {p}a --hex -w fields",
            (output, _, code) =>
            {
                Assert.Equal(0, code);
                Assert.Contains("\"Value\" : \"3\"\n\"Lease\" : N\n", output);
            },
            s_keys
        );

    [Fact]
    public async Task BoundsOfRevisions()
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            "get {p} --prefix --keys-only --min-create-rev 9 --max-create-rev 8",
            (_, error, code) => Assert.Equal((4, "Error: getMinCreateRev(=9) > getMaxCreateRev(=8)"), (code, error))
        );
        await side.NewerAsync(
            "get {p} --prefix --keys-only --min-mod-rev 9 --max-mod-rev 8",
            (_, error, code) => Assert.Equal((4, "Error: getMinModRev(=9) > getMaxModRev(=8)"), (code, error))
        );
    }

    [Fact]
    public async Task StreamIsTheSameAsGet()
    {
        var side = await member.EtcdctlAsync();
        var plain = "";
        await side.NewerAsync("get {p} --prefix --keys-only --stream -w json", (output, _, _) => plain = output, s_keys);
        Assert.Contains("\"count\":5", plain);
    }

    [Fact]
    public async Task ProtobufIsTheAnswerItself()
    {
        var side = await member.EtcdctlAsync();
        var key = $"protobuf{Guid.NewGuid():N}";
        await side.Member.Put(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8("v") });
        var expected = await side.RawAsync($"get {key} -w protobuf", ours: false);
        var actual = await side.RawAsync($"get {key} -w protobuf", ours: true);
        var (wanted, got) = (Parse(expected), Parse(actual));
        wanted.Header.Revision = got.Header.Revision;
        Assert.Equal(wanted, got);

        static RangeResponse Parse(Outcome outcome) =>
            RangeResponse.Parser.ParseFrom(System.Text.Encoding.Latin1.GetBytes(outcome.Output));
    }
}
