using System.Text.RegularExpressions;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>
/// Help, which 3.7 lays out in another way than 3.5. What is checked against 3.5 is that it knows the same commands and
/// flags; the texts of 3.7 are written down here.
/// </summary>
public sealed partial class HelpCases(SharedMember member)
{
    private const string OptionsHint =
        "Use \"etcdctl options\" for a list of global command-line options (applies to all commands).\n";

    [Fact]
    public async Task OfACommand()
    {
        const string expected = """
            Compacts the event history in etcd

            Usage:
              etcdctl compaction [options] <revision> [flags]

            Flags:
              -h, --help       help for compaction
                  --physical   'true' to wait for compaction to physically remove all old revisions

            """;
        foreach (var line in (string[])["compaction --help", "compaction -h", "help compaction", "compaction 1 2 3 -h"])
        {
            await NewerAsync(line, 0, expected + OptionsHint, "");
        }
    }

    [Fact]
    public async Task OfAGroup()
    {
        const string expected = """
            Lease related commands

            Usage:
              etcdctl lease [command]

            Available Commands:
              grant       Creates leases
              keep-alive  Keeps leases alive (renew)
              list        List all active leases
              revoke      Revokes leases
              timetolive  Get lease information

            Flags:
              -h, --help   help for lease

            Use "etcdctl lease [command] --help" for more information about a command.

            """;
        foreach (var line in (string[])["lease", "lease --help", "help lease", "lease nonsense --help"])
        {
            await NewerAsync(line, 0, expected + OptionsHint, "");
        }
    }

    [Fact]
    public async Task OfTheProgram()
    {
        var outcome = await (await member.EtcdctlAsync()).OursAsync(new Step("") { WithoutEndpoint = true });
        Assert.StartsWith(
            """
            A simple command line client for etcd3.

            Usage:
              etcdctl [command]

            Key-value commands
              compaction  Compacts the event history in etcd
              del         Removes the specified key or range of keys [key, range_end)
              get         Gets the key or a range of keys
              lease       Lease related commands. Use `etcdctl lease --help` to see subcommands
              put         Puts the given key into the store
              txn         Txn processes all the requests in one transaction
              watch       Watches events stream on keys or prefixes

            Cluster maintenance commands
              alarm       Alarm related commands. Use `etcdctl alarm --help` to see subcommands
              defrag      Defragments the storage of the etcd members with given endpoints
              downgrade   Downgrade related commands. Use `etcdctl downgrade --help` to see subcommands
              endpoint    Endpoint related commands. Use `etcdctl endpoint --help` to see subcommands

            """,
            outcome.Output
        );
        Assert.EndsWith(
            "\n\nUse \"etcdctl [command] --help\" for more information about a command.\n" + OptionsHint,
            outcome.Output
        );
    }

    [Fact]
    public async Task GlobalOptionsAreThoseOf35AndThreeMore()
    {
        var side = await member.EtcdctlAsync();
        var ours = (await side.OursAsync("options")).Output;
        var real = (await side.RawAsync("help", ours: false)).Output;
        Assert.StartsWith("The following options can be passed to any command:\n\n      --auth-jwt-token string  ", ours);
        Assert.Contains(
            "  -w, --write-out string             set the output format (fields, json, protobuf, simple, table) (default \"simple\")\n",
            ours
        );
        Assert.Contains("      --endpoints strings            gRPC endpoints (default [127.0.0.1:2379])\n", ours);
        Assert.Equal(
            ["auth-jwt-token", "max-recv-bytes", "max-request-bytes"],
            Flags(ours).Except(Flags(real), StringComparer.Ordinal)
        );
        Assert.Equal(["help"], Flags(real).Except(Flags(ours), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("get", "max-create-rev,max-mod-rev,min-create-rev,min-mod-rev,stream")]
    [InlineData("put", "")]
    [InlineData("del", "")]
    [InlineData("txn", "")]
    [InlineData("watch", "")]
    [InlineData("compaction", "")]
    [InlineData("lease timetolive", "")]
    [InlineData("lease keep-alive", "")]
    [InlineData("member add", "")]
    [InlineData("member update", "")]
    [InlineData("endpoint hashkv", "")]
    [InlineData("defrag", "", "data-dir")]
    public async Task FlagsAreThoseOf35AndMore(string command, string more, string gone = "")
    {
        var side = await member.EtcdctlAsync();
        var ours = (await side.RawAsync($"{command} --help", ours: true)).Output.Split("Global Flags:")[0];
        var real = (await side.RawAsync($"{command} --help", ours: false)).Output;
        var realFlags = Flags(real[..real.IndexOf("GLOBAL OPTIONS", StringComparison.Ordinal)]);
        Assert.Equal(Split(more), Flags(ours).Except(realFlags, StringComparer.Ordinal));
        Assert.Equal(Split(gone), realFlags.Except(Flags(ours), StringComparer.Ordinal));
        Assert.Equal(UseLine(real), UseLine(ours));

        static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);

        static string UseLine(string help) =>
            help.Split('\n')
                .Select(static line => line.Trim())
                .First(static line =>
                    line.StartsWith("etcdctl ", StringComparison.Ordinal) && line.EndsWith("[flags]", StringComparison.Ordinal)
                );
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("gett a")]
    [InlineData("nonsense --help")]
    [InlineData("wat-is-this")]
    public async Task UnknownCommands(string line) => await (await member.EtcdctlAsync()).SameAsync([line]);

    /// <summary>3.7 has one more command with that letter.</summary>
    [Fact]
    public async Task SuggestsWhatMayBeMeant() =>
        await (await member.EtcdctlAsync()).NewerAsync(
            "d x",
            (_, error, code) =>
                Assert.Equal(
                    (
                        1,
                        "Error: unknown command \"d\" for \"etcdctl\"\nDid you mean this?\n\tdel\n\tdefrag\n\tdowngrade\n"
                            + "Run 'etcdctl --help' for usage."
                    ),
                    (code, error)
                )
        );

    [Theory]
    [InlineData("member l")]
    [InlineData("comp x")]
    [InlineData("en hea")]
    public async Task StartsOfNames(string line) => await (await member.EtcdctlAsync()).SameAsync([line]);

    [Theory]
    [InlineData("get a --nonsense", "unknown flag: --nonsense")]
    [InlineData("get a -x", "unknown shorthand flag: 'x' in -x")]
    [InlineData("get a -ixw", "unknown shorthand flag: 'i' in -ixw")]
    [InlineData("get a --limit", "flag needs an argument: --limit")]
    [InlineData("get a -w", "flag needs an argument: 'w' in -w")]
    [InlineData(
        "get a --limit x",
        "invalid argument \"x\" for \"--limit\" flag: strconv.ParseInt: parsing \"x\": invalid syntax"
    )]
    [InlineData(
        "get a --prefix=x",
        "invalid argument \"x\" for \"--prefix\" flag: strconv.ParseBool: parsing \"x\": invalid syntax"
    )]
    [InlineData(
        "get a --command-timeout x",
        "invalid argument \"x\" for \"--command-timeout\" flag: time: invalid duration \"x\""
    )]
    [InlineData(
        "get a --command-timeout 5",
        "invalid argument \"5\" for \"--command-timeout\" flag: time: missing unit in duration \"5\""
    )]
    [InlineData(
        "get a --command-timeout 5x",
        "invalid argument \"5x\" for \"--command-timeout\" flag: time: unknown unit \"x\" in duration \"5x\""
    )]
    [InlineData("get a ---x", "bad flag syntax: ---x")]
    [InlineData("get a --=x", "bad flag syntax: --=x")]
    public async Task WrongFlags(string line, string complaint)
    {
        var side = await member.EtcdctlAsync();
        var real = await side.RawAsync(line, ours: false);
        var ours = await side.RawAsync(line, ours: true);
        Assert.Equal((1, $"Error: {complaint}"), (real.ExitCode, real.Error.Split('\n')[0]));
        Assert.Equal((1, $"Error: {complaint}"), (ours.ExitCode, ours.Error.Split('\n')[0]));
        Assert.Contains("Usage:\n  etcdctl get [options] <key> [range_end] [flags]\n", ours.Error);
    }

    [Fact]
    public async Task VersionIsThatOfTheReference()
    {
        await NewerAsync("version", 0, "etcdctl version: 3.7.1\nAPI version: 3.7\n", "");
    }

    private async Task NewerAsync(string line, int exitCode, string output, string error)
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            new Step(line) { WithoutEndpoint = true },
            (told, complaint, code) => Assert.Equal((exitCode, output, error), (code, told, complaint))
        );
    }

    private static List<string> Flags(string help) =>
        [.. FlagLine().Matches(help).Select(static match => match.Groups["name"].Value)];

    [GeneratedRegex(
        @"^ +(?:-\w, )?--(?<name>[a-z][a-z-]*)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex FlagLine();
}
