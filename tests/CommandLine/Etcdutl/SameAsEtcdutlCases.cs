using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Etcdutl;

/// <summary>Calls that print and end as with etcdutl 3.5.</summary>
public sealed class SameAsEtcdutlCases(StoppedMember member)
{
    private const string TimeoutOption = "      --timeout duration";

    [Theory]
    [InlineData("snapshot status")]
    [InlineData("snapshot status {snapshot.db} {snapshot.db}")]
    [InlineData("snapshot status {none}")]
    [InlineData("snapshot status {random.db}")]
    [InlineData("snapshot status {snapshot.db} -w protobuf")]
    [InlineData("snapshot status {snapshot.db} --write-out=bogus")]
    [InlineData("snapshot status {snapshot.db} -w")]
    [InlineData("snapshot status --bogus {snapshot.db}")]
    [InlineData("snapshot status -x {snapshot.db}")]
    [InlineData("snap stat")]
    [InlineData("snapshot")]
    [InlineData("snapshot --help")]
    [InlineData("snapshot bogus --help")]
    [InlineData("snapshot status --help")]
    [InlineData("snapshot status -h")]
    [InlineData("help snapshot status")]
    [InlineData("snapshot restore --help")]
    [InlineData("help snapshot restore")]
    [InlineData("defrag --help")]
    [InlineData("help defrag")]
    [InlineData("bogus")]
    [InlineData("snapshots")]
    [InlineData("defra")]
    public Task Calls(string line) => SameAsync(line);

    [Theory]
    [InlineData("--data-dir {out}")]
    [InlineData("--data-dir={out} --wal-dir {wal}")]
    [InlineData("--data-dir {out} --initial-cluster-token other")]
    [InlineData("--data-dir {out} --name m1 --initial-cluster m1=http://localhost:2380")]
    [InlineData(
        "--data-dir {out} --name b --initial-cluster a=http://127.0.0.1:11,b=http://127.0.0.1:12,c=http://127.0.0.1:13 --initial-advertise-peer-urls http://127.0.0.1:12"
    )]
    [InlineData(
        "--data-dir {out} --initial-cluster default=http://127.0.0.1:1,default=http://127.0.0.1:2 --initial-advertise-peer-urls http://127.0.0.1:2,http://127.0.0.1:1"
    )]
    [InlineData("--data-dir {out} --bump-revision 1000000 --mark-compacted")]
    [InlineData("--data-dir {out} --bump-revision 0x10 --mark-compacted")]
    [InlineData("--data-dir {out} --initial-memory-map-size 0")]
    [InlineData("--data-dir {out} --initial-memory-map-size 100000000")]
    [InlineData("--data-dir {out} --skip-hash-check")]
    public async Task Restores(string options)
    {
        var (real, ours) = await SameAsync($"snapshot restore {{snapshot.db}} {options}");
        Assert.Equal("", real);
        Assert.Equal("", ours);
    }

    [Theory]
    [InlineData("{snapshot.db} --data-dir {out} --bump-revision 5")]
    [InlineData("{snapshot.db} --data-dir {out} --mark-compacted")]
    [InlineData("{snapshot.db} --data-dir {out} --bump-revision x --mark-compacted")]
    [InlineData("{snapshot.db} --data-dir {out} --bump-revision -1 --mark-compacted")]
    [InlineData("{snapshot.db} --data-dir {out} --mark-compacted=maybe")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-memory-map-size x")]
    [InlineData("{snapshot.db} {snapshot.db} --data-dir {out}")]
    [InlineData("--data-dir {out}")]
    [InlineData("{snapshot.db} --data-dir {out} --bogus")]
    [InlineData("{snapshot.db} --data-dir")]
    [InlineData("{none} --data-dir {out}")]
    [InlineData("{nohash.db} --data-dir {out}")]
    [InlineData("{short.db} --data-dir {out}")]
    [InlineData("{bad.db} --data-dir {out}")]
    [InlineData("{random.db} --data-dir {out}")]
    [InlineData("{snapshot.db} --data-dir {out} --name x")]
    [InlineData("{snapshot.db} --data-dir {out} --name ''")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster ''")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default=http://127.0.0.1:1")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default=foo")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default=http://localhost:2380/path")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default=http://localhost:2380/")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default=http://localhost")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default=http://localhost:2380,b=http://localhost:2380")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-cluster default=http://localhost:2380,default=http://localhost:2")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-advertise-peer-urls ''")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-advertise-peer-urls ftp://localhost:2380")]
    [InlineData("{snapshot.db} --data-dir {out} --initial-advertise-peer-urls http://localhost:2380,http://localhost:2381")]
    public async Task RestoreRefuses(string arguments)
    {
        await SameAsync($"snapshot restore {arguments}");
        using var ours = UtlRun.Ours(member);
        await ours.RunAsync($"snapshot restore {arguments}");
        Assert.False(Directory.Exists(ours.Out), "a restore that was refused has left something behind");
    }

    [Theory]
    [InlineData("snapshot restore {snapshot.db} --data-dir {out}", "snapshot restore {snapshot.db} --data-dir {out}")]
    [InlineData(
        "snapshot restore {snapshot.db} --data-dir {out}",
        "snapshot restore {snapshot.db} --data-dir {new} --wal-dir {out}/member/wal"
    )]
    [InlineData("snapshot restore {snapshot.db} --data-dir {out}", "defrag --data-dir {out}")]
    [InlineData("defrag --data-dir {member}")]
    [InlineData("defrag")]
    [InlineData("defrag --data-dir")]
    [InlineData("defrag --bogus")]
    [InlineData("defrag --data-dir {member} extra")]
    public async Task OneAfterTheOther(params string[] lines)
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        foreach (var line in lines)
        {
            Assert.Equal(Show(line, await real.RunAsync(line)), Show(line, await ours.RunAsync(line)));
        }
    }

    /// <summary>Where real etcdutl says what is wrong with a file, ours says the same and then more.</summary>
    [Theory]
    [InlineData("snapshot status {short.db}", "the file has 100 bytes")]
    [InlineData("snapshot status {member}", "is a directory")]
    [InlineData("snapshot restore {empty.db} --data-dir {out}", "no snapshot is that short")]
    public async Task SaysMoreThanEtcd(string line, string more)
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        var expected = await real.RunAsync(line);
        var actual = await ours.RunAsync(line);
        Assert.Equal(expected.ExitCode, actual.ExitCode);
        var words = expected.Error.Split(": ");
        Assert.StartsWith(string.Join(": ", words), actual.Error, StringComparison.Ordinal);
        Assert.Contains(more, actual.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', actual.Error);
    }

    /// <summary>The usage behind the message lists all commands, of which 3.5 has others.</summary>
    [Theory]
    [InlineData("--bogus")]
    [InlineData("-w")]
    [InlineData("-x")]
    [InlineData("--timeout=x")]
    public async Task TellsWhatIsWrongWithGlobalOptions(string line)
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        var expected = await real.RunAsync(line);
        var actual = await ours.RunAsync(line);
        Assert.Equal(1, actual.ExitCode);
        Assert.Equal(expected.ExitCode, actual.ExitCode);
        if (line.StartsWith("--timeout", StringComparison.Ordinal))
        {
            Assert.StartsWith("Error: invalid argument \"x\" for \"--timeout\" flag: ", actual.Error, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(expected.Error.Split('\n')[0], actual.Error.Split('\n')[0]);
        Assert.Equal(expected.Error.Split('\n')[^1], actual.Error.Split('\n')[^1]);
    }

    private static string Show(string line, Outcome outcome) =>
        $"{line}\n-- exit code {outcome.ExitCode}\n-- output\n{Without(outcome.Output)}\n-- error\n{Without(outcome.Error)}";

    /// <summary>3.7 has an option more than 3.5 that every help text lists.</summary>
    private static string Without(string help) =>
        string.Join('\n', help.Split('\n').Where(line => !line.StartsWith(TimeoutOption, StringComparison.Ordinal)));

    private async Task<(string Real, string Ours)> SameAsync(string line)
    {
        await member.MakeSureAsync();
        using var real = UtlRun.Real(member);
        using var ours = UtlRun.Ours(member);
        var expected = await real.RunAsync(line);
        var actual = await ours.RunAsync(line);
        Assert.Equal(Show(line, expected), Show(line, actual));
        return (expected.Error, actual.Error);
    }
}
