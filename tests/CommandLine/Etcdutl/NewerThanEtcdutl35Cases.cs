using System.Globalization;
using System.Text.Json;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Etcdutl;

/// <summary>What etcdutl 3.7 does in another way than 3.5, or does and 3.5 does not.</summary>
public sealed class NewerThanEtcdutl35Cases(StoppedMember member)
{
    /// <summary>3.7 counts the keys that exist, where 3.5 counts the entries of all buckets, and tells the storage version.</summary>
    [Fact]
    public async Task StatusCountsKeysAndTellsTheVersion()
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        using var older = JsonDocument.Parse(await real.OutputAsync("snapshot status {snapshot.db} -w json"));
        using var newer = JsonDocument.Parse(await ours.OutputAsync("snapshot status {snapshot.db} -w json"));
        foreach (var same in (string[])["hash", "revision", "totalSize"])
        {
            Assert.Equal(Number(older, same), Number(newer, same));
        }

        Assert.Equal(member.LiveKeys, Number(newer, "totalKey"));
        Assert.True(
            Number(older, "totalKey") > member.LiveKeys,
            "3.5 counts keys too: the case belongs to those that are the same"
        );
        Assert.Equal("", newer.RootElement.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("simple", "HASH, REV, KEYS, SIZE, \n")]
    [InlineData("fields", "\"Hash\" : DEC\n\"Revision\" : REV\n\"Keys\" : KEYS\n\"Size\" : BYTES\n\"Version\" : \n")]
    [InlineData("json", """{"hash":DEC,"revision":REV,"totalKey":KEYS,"totalSize":BYTES,"version":""}""" + "\n")]
    public async Task StatusInEachFormat(string format, string expected)
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        using var older = JsonDocument.Parse(await real.OutputAsync("snapshot status {snapshot.db} -w json"));
        var simple = (await real.OutputAsync("snapshot status {snapshot.db}")).TrimEnd().Split(", ");
        Assert.Equal(
            expected
                .Replace("HASH", simple[0], StringComparison.Ordinal)
                .Replace("SIZE", simple[3], StringComparison.Ordinal)
                .Replace("DEC", Number(older, "hash").ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("REV", simple[1], StringComparison.Ordinal)
                .Replace("KEYS", member.LiveKeys.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("BYTES", Number(older, "totalSize").ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            await ours.OutputAsync($"snapshot status {{snapshot.db}} -w {format}")
        );
    }

    /// <summary>3.7 has one column more; its frame and the other cells are those of 3.5.</summary>
    [Fact]
    public async Task StatusAsTable()
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        var older = (await real.OutputAsync("snapshot status {snapshot.db} -w table")).Split('\n');
        var newer = (await ours.OutputAsync("snapshot status {snapshot.db} -w table")).Split('\n');
        Assert.Equal(older.Length, newer.Length);
        Assert.StartsWith(older[1], newer[1], StringComparison.Ordinal);
        Assert.EndsWith(" VERSION │", Utf8(newer[1]), StringComparison.Ordinal);
    }

    /// <summary>3.5 insists on --data-dir; 3.7 takes the name of the member where it is not given.</summary>
    [Fact]
    public async Task RestoreNeedsNoDataDirectory()
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        Assert.StartsWith(
            "Error: required flag(s) \"data-dir\" not set",
            (await real.RunAsync("snapshot restore")).Error,
            StringComparison.Ordinal
        );
        using var ours = UtlRun.Ours(member);
        var name = ours.Named("m1");
        await ours.OutputAsync($"snapshot restore {{snapshot.db}} --name {name} --initial-cluster {name}=http://localhost:2380");
        Assert.True(File.Exists(Path.Combine(name + ".etcd", "member", "snap", "db")));
    }

    [Fact]
    public async Task RestoreWithoutAFile()
    {
        using var ours = UtlRun.Ours(member);
        Assert.Equal(
            new Outcome(128, "", "Error: snapshot restore requires exactly one argument"),
            await ours.RunAsync("snapshot restore")
        );
    }

    [Fact]
    public async Task Version()
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        Assert.Equal("etcdutl version: 3.5.30\nAPI version: 3.5\n", await real.OutputAsync("version"));
        Assert.Equal("etcdutl version: 3.7.1\nAPI version: 3.7\n", await ours.OutputAsync("version"));
    }

    /// <summary>3.5 has no hashkv; what it must print is what the member has answered.</summary>
    [Fact]
    public async Task HashKvIsWhatTheMemberAnswers()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        Assert.Equal(3, member.Hashes.Count);
        foreach (var (revision, hash) in member.Hashes)
        {
            foreach (var file in (string[])["{snapshot.db}", "{nohash.db}", "{member}/member/snap/db"])
            {
                Assert.Equal($"{hash}, {revision}, 120\n", await ours.OutputAsync($"hashkv {file} --rev {revision}"));
            }
        }

        var newest = member.Hashes[member.Revision];
        Assert.Equal($"{newest}, {member.Revision}, 120\n", await ours.OutputAsync("hashkv {snapshot.db}"));
        Assert.Equal(
            $$"""{"hash":{{newest}},"hashRevision":{{member.Revision}},"compactRevision":120}""" + "\n",
            await ours.OutputAsync("hashkv {snapshot.db} -w json")
        );
        Assert.Equal(
            $"\"Hash\" : {newest}\n\"Hash revision\" : {member.Revision}\n\"Compact revision\" : 120\n",
            await ours.OutputAsync("hashkv {snapshot.db} -w fields")
        );
    }

    [Theory]
    [InlineData("hashkv {snapshot.db} --rev 119", 1, "Error: mvcc: required revision has been compacted")]
    [InlineData("hashkv {snapshot.db} --rev 100000", 1, "Error: mvcc: required revision is a future revision")]
    [InlineData(
        "defrag --data-dir {none}",
        1,
        "Error: Failed to defragment etcd data[FOLDER/none] (stat FOLDER/none/member/snap/db: no such file or directory)"
    )]
    [InlineData("hashkv {none}", 1, "Error: stat FOLDER/none: no such file or directory")]
    [InlineData("hashkv {random.db}", 1, "Error: invalid database")]
    [InlineData("hashkv {snapshot.db} -w protobuf", 4, "Error: protobuf not supported as output format")]
    [InlineData(
        "migrate --data-dir {member} --target-version 3",
        128,
        "Error: wrong target version format, expected \"X.Y\", got \"3\""
    )]
    [InlineData(
        "migrate --data-dir {member} --target-version 3.5.1",
        128,
        "Error: wrong target version format, expected \"X.Y\", got \"3.5.1\""
    )]
    [InlineData(
        "migrate --data-dir {member} --target-version 3.4",
        128,
        "Error: target version \"3.4\" not supported. Minimal \"3.5\""
    )]
    [InlineData(
        "migrate --data-dir {member} --target-version 3.9",
        1,
        "Error: cannot create migration plan: version \"3.8.0\" is not supported"
    )]
    [InlineData(
        "migrate --data-dir {member} --target-version 4.0",
        1,
        "Error: cannot create migration plan: changing major storage version is not supported"
    )]
    [InlineData(
        "migrate --data-dir {none} --target-version 3.6",
        1,
        "Error: stat FOLDER/none/member/snap/db: no such file or directory"
    )]
    public async Task Refuses(string line, int code, string error)
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        Assert.Equal(new Outcome(code, "", error), await ours.RunAsync(line));
    }

    [Fact]
    public async Task MigratesUpAndDown()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        string[] versions = ["3.6", "3.7", "3.7", "3.6", "3.5", "3.7", "3.5"];
        foreach (var version in versions)
        {
            await ours.OutputAsync($"migrate --data-dir {{member}} --target-version {version}");
            var status = await ours.OutputAsync("snapshot status {member}/member/snap/db");
            Assert.EndsWith(version == "3.5" ? ", \n" : $", {version}.0\n", status, StringComparison.Ordinal);
        }

        await ours.OutputAsync("migrate --data-dir {member} --target-version 3.9 --force");
        Assert.EndsWith(", 3.9.0\n", await ours.OutputAsync("snapshot status {member}/member/snap/db"), StringComparison.Ordinal);
    }

    private static long Number(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetInt64();

    private static string Utf8(string latin1) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(latin1));
}
