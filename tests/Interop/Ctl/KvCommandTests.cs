using System.Text.Json;

namespace EtcdSharp.Interop.Ctl;

public sealed class KvCommandTests(SharedServers servers)
{
    private readonly string _prefix = $"{Guid.NewGuid():N}/";

    public static TheoryData<ServerKind> Both => [ServerKind.Real, ServerKind.Ours];

    private string Key(string name) => _prefix + name;

    private async Task<Etcdctl> With(ServerKind kind, params string[] names)
    {
        var ctl = await servers.Ctl(kind);
        foreach (var name in names)
        {
            Assert.Equal("OK\n", await ctl.Run("put", Key(name), $"value of {name}"));
        }
        return ctl;
    }

    [Theory, MemberData(nameof(Both))]
    public async Task PutAndGet(ServerKind kind)
    {
        var ctl = await With(kind, "a");
        Assert.Equal($"{Key("a")}\nvalue of a\n", await ctl.Run("get", Key("a")));
        Assert.Equal("", await ctl.Run("get", Key("nobody")));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task PutReadsTheValueFromItsInput(ServerKind kind)
    {
        var ctl = await With(kind);
        Assert.Equal("OK\n", await ctl.RunWithInput("from input", "put", Key("a")));
        Assert.Equal("from input\n", await ctl.Run("get", Key("a"), "--print-value-only"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task PutWithItsFlags(ServerKind kind)
    {
        var ctl = await With(kind, "a");
        Assert.Equal($"OK\n{Key("a")}\nvalue of a\n", await ctl.Run("put", Key("a"), "new", "--prev-kv"));
        Assert.Equal("OK\n", await ctl.Run("put", Key("a"), "--ignore-value"));
        Assert.Equal("new\n", await ctl.Run("get", Key("a"), "--print-value-only"));
        Assert.Equal("OK\n", await ctl.Run("put", Key("a"), "newer", "--ignore-lease"));
        Assert.Equal("Error: etcdserver: key not found", await ctl.Fail("put", Key("b"), "--ignore-value"));
        Assert.Equal("Error: etcdserver: requested lease not found", await ctl.Fail("put", Key("b"), "x", "--lease=1234"));
    }

    [Theory]
    [InlineData(ServerKind.Real, "", "a b c")]
    [InlineData(ServerKind.Ours, "", "a b c")]
    [InlineData(ServerKind.Real, "--limit=2", "a b")]
    [InlineData(ServerKind.Ours, "--limit=2", "a b")]
    [InlineData(ServerKind.Real, "--order=DESCEND", "c b a")]
    [InlineData(ServerKind.Ours, "--order=DESCEND", "c b a")]
    [InlineData(ServerKind.Real, "--sort-by=CREATE --order=ASCEND", "b c a")]
    [InlineData(ServerKind.Ours, "--sort-by=CREATE --order=ASCEND", "b c a")]
    [InlineData(ServerKind.Real, "--sort-by=MODIFY --order=DESCEND", "b a c")]
    [InlineData(ServerKind.Ours, "--sort-by=MODIFY --order=DESCEND", "b a c")]
    [InlineData(ServerKind.Real, "--sort-by=VERSION --order=DESCEND", "b a c")]
    [InlineData(ServerKind.Ours, "--sort-by=VERSION --order=DESCEND", "b a c")]
    [InlineData(ServerKind.Real, "--sort-by=VALUE --order=DESCEND", "c b a")]
    [InlineData(ServerKind.Ours, "--sort-by=VALUE --order=DESCEND", "c b a")]
    [InlineData(ServerKind.Real, "--consistency=s", "a b c")]
    [InlineData(ServerKind.Ours, "--consistency=s", "a b c")]
    public async Task GetOfAPrefix(ServerKind kind, string flags, string expected)
    {
        var ctl = await With(kind, "b", "c", "a", "b");
        var output = await ctl.Run([
            "get",
            _prefix,
            "--prefix",
            "--keys-only",
            .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        Assert.Equal(
            expected,
            string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[_prefix.Length..]))
        );
    }

    [Theory, MemberData(nameof(Both))]
    public async Task GetOfARange(ServerKind kind)
    {
        var ctl = await With(kind, "a", "b", "c");
        Assert.Equal($"{Key("a")}\nvalue of a\n{Key("b")}\nvalue of b\n", await ctl.Run("get", Key("a"), Key("c")));
        Assert.StartsWith(
            $"{Key("c")}\nvalue of c\n",
            await ctl.Run("get", Key("c"), "--from-key", "--limit=1"),
            StringComparison.Ordinal
        );
    }

    [Theory, MemberData(nameof(Both))]
    public async Task GetOfThePast(ServerKind kind)
    {
        var ctl = await With(kind, "a");
        var revision = await RevisionOf(ctl, "a");
        await ctl.Run("put", Key("a"), "new");
        Assert.Equal("value of a\n", await ctl.Run("get", Key("a"), $"--rev={revision}", "--print-value-only"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task GetInOtherForms(ServerKind kind)
    {
        var ctl = await With(kind, "a", "b");
        Assert.Contains(
            "\"Count\" : 2\n",
            await ctl.Run("get", _prefix, "--prefix", "--count-only", "-w", "fields"),
            StringComparison.Ordinal
        );
        Assert.Equal($"{Key("a")}\n\n", await ctl.Run("get", Key("a"), "--keys-only"));
        Assert.Equal($"\\x61\n", (await ctl.Run("get", Key("a"), "--hex", "--keys-only")).Trim()[^4..] + "\n");
        using var json = JsonDocument.Parse(await ctl.Run("get", _prefix, "--prefix", "-w", "json"));
        Assert.Equal(2, json.RootElement.GetProperty("count").GetInt64());
        Assert.NotEqual(0UL, json.RootElement.GetProperty("header").GetProperty("cluster_id").GetUInt64());
        Assert.Equal(1, json.RootElement.GetProperty("kvs")[0].GetProperty("version").GetInt64());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Del(ServerKind kind)
    {
        var ctl = await With(kind, "a", "b", "c", "d", "e");
        Assert.Equal("1\n", await ctl.Run("del", Key("a")));
        Assert.Equal("0\n", await ctl.Run("del", Key("a")));
        Assert.Equal($"1\n{Key("b")}\nvalue of b\n", await ctl.Run("del", Key("b"), "--prev-kv"));
        Assert.Equal("1\n", await ctl.Run("del", Key("c"), Key("d")));
        Assert.Equal("2\n", await ctl.Run("del", _prefix, "--prefix"));
    }

    [Theory]
    [InlineData(ServerKind.Real, "value of a", "SUCCESS\n\nOK\n")]
    [InlineData(ServerKind.Ours, "value of a", "SUCCESS\n\nOK\n")]
    [InlineData(ServerKind.Real, "other", "FAILURE\n\n{key}\nvalue of a\n")]
    [InlineData(ServerKind.Ours, "other", "FAILURE\n\n{key}\nvalue of a\n")]
    public async Task Txn(ServerKind kind, string value, string expected)
    {
        var ctl = await With(kind, "a");
        var output = await ctl.RunWithInput(
            $"value(\"{Key("a")}\") = \"{value}\"\n\nput {Key("b")} then\n\nget {Key("a")}\n\n",
            "txn"
        );
        Assert.Equal(expected.Replace("{key}", Key("a"), StringComparison.Ordinal), output);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task TxnComparesAllTargets(ServerKind kind)
    {
        var ctl = await With(kind, "a");
        var revision = await RevisionOf(ctl, "a");
        var conditions = string.Join(
            '\n',
            $"mod(\"{Key("a")}\") = \"{revision}\"",
            $"create(\"{Key("a")}\") > \"1\"",
            $"version(\"{Key("a")}\") < \"2\"",
            $"value(\"{Key("a")}\") > \"a\""
        );
        Assert.Equal("SUCCESS\n\n1\n", await ctl.RunWithInput($"{conditions}\n\ndel {Key("a")}\n\n\n", "txn"));
    }

    private async Task<long> RevisionOf(Etcdctl ctl, string name)
    {
        using var json = JsonDocument.Parse(await ctl.Run("get", Key(name), "-w", "json"));
        return json.RootElement.GetProperty("kvs")[0].GetProperty("mod_revision").GetInt64();
    }
}
