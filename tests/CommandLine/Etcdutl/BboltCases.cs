using System.Buffers.Binary;
using System.Globalization;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Etcdutl;

/// <summary><c>etcdutl bbolt</c>, which 3.5 does not have: what it prints is compared with what is known of the file.</summary>
public sealed class BboltCases(StoppedMember member)
{
    private const int PageBytes = 4096;

    [Fact]
    public async Task ASoundFileIsOk()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        Assert.Equal("OK\n", await ours.OutputAsync("bbolt check {snapshot.db}"));
        Assert.Equal("OK\n", await ours.OutputAsync("bbolt check {member}/member/snap/db"));
    }

    /// <summary>The table accounts for every page, and its items for the entries of the buckets.</summary>
    [Fact]
    public async Task PagesAccountForTheFile()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        var lines = (await ours.OutputAsync("bbolt pages {nohash.db}")).TrimEnd('\n').Split('\n');
        Assert.Equal(["ID       TYPE       ITEMS  OVRFLW", "======== ========== ====== ======"], lines[..2]);
        Assert.Equal("0        meta       0            ", lines[2]);
        Assert.Equal("1        meta       0            ", lines[3]);
        var next = 0L;
        foreach (var line in lines[2..])
        {
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(next, Number(cells[0]));
            next += 1 + (cells.Length == 4 ? Number(cells[3]) : 0);
        }

        Assert.Equal(new FileInfo(member.File("nohash.db")).Length, next * PageBytes);
    }

    [Fact]
    public async Task StatsOfOneBucket()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        var all = await ours.OutputAsync("bbolt stats {snapshot.db}");
        Assert.StartsWith("Aggregate statistics for 10 buckets\n\nPage count statistics\n", all, StringComparison.Ordinal);
        Assert.Contains("\tTotal number of buckets: 10\n", all, StringComparison.Ordinal);
        var lease = await ours.OutputAsync("bbolt stats {snapshot.db} lease");
        Assert.StartsWith("Aggregate statistics for 1 buckets\n", lease, StringComparison.Ordinal);
        Assert.Contains("\tNumber of keys/value pairs: 1\n", lease, StringComparison.Ordinal);
        Assert.Contains("\tTotal number on inlined buckets: 1 (100%)\n", lease, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DumpShowsTheBytesOfAPage()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        var text = await ours.OutputAsync("bbolt dump {snapshot.db} 0 1");
        var pages = text.Split("===============================================\n");
        Assert.Equal(2, pages.Length);
        Assert.StartsWith(
            "0000000 0000 0000 0000 0000 0400 0000 0000 0000\n0000010 edda 0ced 0200 0000 0010 ",
            pages[0],
            StringComparison.Ordinal
        );
        Assert.Contains("\n0000060 *\n0000ff0 0000 ", pages[0], StringComparison.Ordinal);
        Assert.StartsWith("0001000 0100 0000 0000 0000 0400 ", pages[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACompactCopyHoldsTheSame()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        var gain = await ours.OutputAsync("bbolt compact -o {new.db} {snapshot.db} --tx-max-size 1000");
        Assert.Matches(@"^[0-9]+ -> [0-9]+ bytes \(gain=[0-9]+\.[0-9]{2}x\)\n$", gain);
        Assert.Equal("OK\n", await ours.OutputAsync("bbolt check {new.db}"));
        var before = (await ours.OutputAsync("snapshot status {snapshot.db}")).Split(", ");
        var after = (await ours.OutputAsync("snapshot status {new.db}")).Split(", ");
        Assert.Equal(before[..3], after[..3]);

        var again = await ours.RunAsync("bbolt compact -o {new.db} {snapshot.db}");
        Assert.Equal(new Outcome(1, "", "Error: output file FOLDER/new.db exists; name one that does not"), again);
    }

    /// <summary>A page of another id in a leaf's place, and bytes that no tree leads to any more.</summary>
    [Fact]
    public async Task DamageIsFound()
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        var pages = (await ours.OutputAsync("bbolt pages {nohash.db}")).Split('\n');
        var leaf = Number(pages.Last(line => line.Contains(" leaf ", StringComparison.Ordinal)).Split(' ')[0]);
        var bytes = await File.ReadAllBytesAsync(member.File("nohash.db"));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)leaf * PageBytes), 999);
        await File.WriteAllBytesAsync(ours.Named("new.db"), bytes);

        var check = await ours.RunAsync("bbolt check {new.db}");
        Assert.Equal((1, "Error: invalid value"), (check.ExitCode, check.Error));
        Assert.EndsWith("errors found\n", check.Output, StringComparison.Ordinal);
        Assert.Contains($"page {leaf}: ", check.Output, StringComparison.Ordinal);
        var fromPage = await ours.RunAsync($"bbolt check {{new.db}} --from-page {leaf}");
        Assert.Equal(1, fromPage.ExitCode);

        var status = await ours.RunAsync("snapshot status {new.db}");
        Assert.Equal((1, ""), (status.ExitCode, status.Output));
        Assert.StartsWith("Error: snapshot file integrity check failed. ", status.Error, StringComparison.Ordinal);
        foreach (var line in (string[])["hashkv {new.db}", "bbolt stats {new.db}", "bbolt compact -o {out} {new.db}"])
        {
            var outcome = await ours.RunAsync(line);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Matches(@"^Error: [^\n]*page [0-9]+", outcome.Error);
        }

        var restore = await ours.RunAsync("snapshot restore {new.db} --skip-hash-check --data-dir {folder}");
        Assert.Equal(1, restore.ExitCode);
        Assert.Contains("is damaged or no snapshot of a store", restore.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(ours.Named("folder")));
    }

    [Theory]
    [InlineData("bbolt check {none}", "Error: source database file \"FOLDER/none\" doesn't exist")]
    [InlineData("bbolt pages {random.db}", "Error: invalid database")]
    [InlineData("bbolt check {snapshot.db} --from-page 1", "Error: invalid value")]
    [InlineData("bbolt dump {snapshot.db} x", "Error: strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("bbolt dump {snapshot.db} 99999", "Error: EOF: page 99999 lies behind the end of")]
    public async Task Refuses(string line, string error)
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        var outcome = await ours.RunAsync(line);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(error, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bbolt check", "Error: accepts 1 arg(s), received 0")]
    [InlineData("bbolt stats", "Error: accepts between 1 and 2 arg(s), received 0")]
    [InlineData("bbolt dump {snapshot.db}", "Error: requires at least 2 arg(s), only received 1")]
    [InlineData("bbolt compact {snapshot.db}", "Error: required flag(s) \"output\" not set")]
    public async Task TellsHowItIsCalled(string line, string error)
    {
        using var ours = UtlRun.Ours(member);
        var outcome = await ours.RunAsync(line);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(error + "\nUsage:\n  etcdutl bbolt ", outcome.Error, StringComparison.Ordinal);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
