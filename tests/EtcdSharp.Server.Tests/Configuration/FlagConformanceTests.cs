using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>
/// Every flag with an empty, zero, negative, huge, tiny and malformed value, on the command line and as a variable, side by
/// side with real etcd.
/// </summary>
public sealed class FlagConformanceTests
{
    private static readonly string[] s_values =
    [
        "",
        "0",
        "-1",
        "1",
        "010",
        "08",
        "0x10",
        "1_000",
        "+5",
        "0.000001",
        "4294967296",
        "9223372036854775808",
        "18446744073709551616",
        "1ns",
        "-5m",
        "2562047h47m16.854775807s",
        "9999999h",
        " 5",
        "T",
        "yes",
        "a b,,c",
        "http://127.0.0.1:0",
        "http://127.0.0.1:0,",
        "http://127.0.0.1",
        "http://127.0.0.1:0/x",
        "127.0.0.1:0",
    ];

    /// <summary>Where ours refuses what etcd takes, with the reason.</summary>
    // csharpier-ignore - a table reads best with one row a line.
    private static readonly Dictionary<string, string[]> s_stricter = new(StringComparer.Ordinal)
    {
        // Nobody can send a request of no bytes, nor of more than 2 GiB.
        ["max-request-bytes"] = ["0", "4294967296", "9223372036854775808"],
        // etcd starts and compacts nothing, or fails at the first compaction.
        ["auto-compaction-retention"] = ["-5m", "4294967296"],
        // Later releases refuse it too.
        ["auto-compaction-mode"] = [""],
    };

    public static TheoryData<string> Flags => [.. FlagTable.Flags.All.Select(flag => flag.Name).Where(RealStart.Knows)];

    [Theory, MemberData(nameof(Flags))]
    public async Task An_extreme_or_malformed_value_is_taken_or_refused_as_by_etcd(string name)
    {
        GivenConfiguration.SkipWithoutRealEtcd();
        var settings = RealStart.Base();
        settings.Remove(name);
        var stricter = s_stricter.GetValueOrDefault(name, []);
        var differences = await GivenConfiguration.DifferencesAsync(
            FlagTable.Flags.ByName[name],
            s_values,
            value => new GivenConfiguration([.. settings.Select(pair => $"--{pair.Key}={pair.Value}"), $"--{name}={value}"]),
            value => stricter.Contains(value, StringComparer.Ordinal) ? ExpectedDifference.RefusedHere : ExpectedDifference.None
        );
        Assert.Empty(differences);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--name")]
    [InlineData("---name=a")]
    [InlineData("--=a")]
    [InlineData("-")]
    [InlineData("--", "--name=a")]
    [InlineData("word")]
    [InlineData("--pre-vote", "false")]
    [InlineData("--pre-vote=maybe")]
    [InlineData("--version=maybe")]
    [InlineData("--force", "--max-wals=7")]
    [InlineData("--force=anything", "--max-wals=7")]
    [InlineData("-v", "--max-wals=x")]
    [InlineData("--initial-cluster-state=old")]
    [InlineData("--max-wals=7", "--max-wals=8")]
    public async Task A_command_line_ends_as_in_etcd(params string[] arguments)
    {
        GivenConfiguration.SkipWithoutRealEtcd();
        var given = GivenConfiguration.OnTheCommandLine(arguments);
        var (real, ours) = (await given.GiveToEtcdAsync(), given.GiveToOurs());
        Assert.True(real.IsAccepted == ours.Error is null, $"etcd: {real.Output}\nours: {ours.Error}");
        if (ours.Error is null)
        {
            Assert.Empty(EffectiveValue.Differences(real.Settings!.Value, ours.Options!));
        }
        else
        {
            Assert.Equal(real.ExitCode, ours.ExitCode);
        }
    }

    [Theory]
    [InlineData("ETCD_NAME", "b")]
    [InlineData("ETCD_NAME", "")]
    [InlineData("ETCD_FORCE", "1")]
    [InlineData("ETCD_MAX_WALS", "9")]
    [InlineData("ETCD_MAX_WALS", "")]
    [InlineData("ETCD_MAX_WALS", "x")]
    [InlineData("ETCD_VERSION", "3")]
    [InlineData("ETCD_NO_SUCH_THING", "3")]
    [InlineData("ETCD_PRE_VOTE", "false")]
    [InlineData("ETCD_LISTEN_METRICS_URLS", "http://127.0.0.1:0,")]
    public async Task A_variable_ends_as_in_etcd(string variable, string value)
    {
        GivenConfiguration.SkipWithoutRealEtcd();
        var given = GivenConfiguration.OnTheCommandLine("--name=a", "--force") with
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = value },
        };
        var (real, ours) = (await given.GiveToEtcdAsync(), given.GiveToOurs());
        Assert.True(real.IsAccepted == ours.Error is null, $"etcd: {real.Output}\nours: {ours.Error}");
        if (ours.Error is null)
        {
            Assert.Empty(EffectiveValue.Differences(real.Settings!.Value, ours.Options!));
        }
        else
        {
            Assert.Equal(real.ExitCode, ours.ExitCode);
            const string conflict = "conflicting environment variable is shadowed by corresponding command-line flag";
            Assert.Equal(
                real.Output.Contains(conflict, StringComparison.Ordinal),
                ours.Error.Contains(conflict, StringComparison.Ordinal)
            );
        }
    }
}
