using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>A subcommand that does not exist is told of, where etcd prints the help of the one above and ends well.</summary>
public sealed class UnknownCommandCases
{
    [Theory]
    [InlineData("member lst", "unknown command \"lst\" for \"etcdctl member\"", "\tlist\n")]
    [InlineData("lease grnt 10", "unknown command \"grnt\" for \"etcdctl lease\"", "\tgrant\n")]
    [InlineData("user lst", "unknown command \"lst\" for \"etcdctl user\"", "\tlist\n")]
    [InlineData("endpoint frob", "unknown command \"frob\" for \"etcdctl endpoint\"", "Run 'etcdctl endpoint --help'")]
    [InlineData("snapshot status x.db", "unknown command \"status\" for \"etcdctl snapshot\"", "etcdutl snapshot status")]
    [InlineData("snapshot restore x.db", "unknown command \"restore\" for \"etcdctl snapshot\"", "etcdutl snapshot restore")]
    [InlineData("cluster-health", "unknown command \"cluster-health\" for \"etcdctl\"", "endpoint health")]
    [InlineData("frob", "unknown command \"frob\" for \"etcdctl\"", "Run 'etcdctl --help' for usage.")]
    public async Task Etcdctl(string line, string what, string where) =>
        AssertTold(await ProgramRun.RunAsync(Programs.OurEtcdctl, CommandText.Split(line)), what, where);

    [Theory]
    [InlineData("snapshot save x.db", "unknown command \"save\" for \"etcdutl snapshot\"", "etcdctl snapshot save")]
    [InlineData("snapshot stats x.db", "unknown command \"stats\" for \"etcdutl snapshot\"", "\tstatus\n")]
    [InlineData("bbolt chek x.db", "unknown command \"chek\" for \"etcdutl bbolt\"", "\tcheck\n")]
    public async Task Etcdutl(string line, string what, string where) =>
        AssertTold(await ProgramRun.RunAsync(Programs.OurEtcdutl, CommandText.Split(line)), what, where);

    [Theory]
    [InlineData("member")]
    [InlineData("snapshot")]
    public async Task AloneTheOneAboveShowsItsHelp(string line)
    {
        var outcome = await ProgramRun.RunAsync(Programs.OurEtcdctl, [line]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("Available Commands:", outcome.Output, StringComparison.Ordinal);
    }

    private static void AssertTold(Outcome outcome, string what, string where)
    {
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith($"Error: {what}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(where, outcome.Error, StringComparison.Ordinal);
    }
}
