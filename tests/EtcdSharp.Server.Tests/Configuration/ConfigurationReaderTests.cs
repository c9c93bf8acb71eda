using System.Collections;
using EtcdSharp.Api;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

public sealed class ConfigurationReaderTests
{
    private static readonly Hashtable s_noEnvironment = [];

    [Fact]
    public void DefaultsAreEtcds()
    {
        var configuration = Start([]);
        Assert.Equal("default", configuration.Name);
        Assert.Equal("default.etcd", configuration.DataDirectory);
        Assert.Equal("http://localhost:2379", Assert.Single(configuration.ListenClientUrls));
        Assert.Equal(("default", "http://localhost:2380"), Assert.Single(configuration.InitialCluster));
        Assert.Equal(2L << 30, configuration.QuotaBackendBytes);
        Assert.Equal(TimeSpan.FromMinutes(10), configuration.WatchProgressInterval);
    }

    [Theory]
    [InlineData("--name=a")]
    [InlineData("-name=a")]
    [InlineData("--name", "a")]
    [InlineData("-name", "a")]
    public void AFlagIsTakenInEveryForm(params string[] arguments) => Assert.Equal("a", Start(arguments).Name);

    [Theory]
    [InlineData("--pre-vote=false", false)]
    [InlineData("--pre-vote", true)]
    [InlineData("--pre-vote=0", false)]
    public void ASwitchNeedsNoValue(string argument, bool expected) => Assert.Equal(expected, Start([argument]).PreVote);

    [Fact]
    public void TheNameShapesDirectoryAndCluster()
    {
        var configuration = Start(["--name", "n1", "--initial-advertise-peer-urls", "http://127.0.0.1:1"]);
        Assert.Equal("n1.etcd", configuration.DataDirectory);
        Assert.Equal(("n1", "http://127.0.0.1:1"), Assert.Single(configuration.InitialCluster));
    }

    [Fact]
    public void AVariableIsUsedWhereNoFlagIsGiven()
    {
        var environment = new Hashtable { ["ETCD_NAME"] = "from-variable", ["ETCD_SNAPSHOT_COUNT"] = "7" };
        var reading = ConfigurationReader.Read(["--max-wals=3"], environment);
        Assert.Null(reading.Error);
        Assert.Equal("from-variable", reading.Options!.Name);
        Assert.Equal(7UL, reading.Options.SnapshotCount);
    }

    [Theory]
    [InlineData("from-variable")]
    [InlineData("from-flag")]
    [InlineData("")]
    public void ASettingAsFlagAndAsVariableIsRefusedAndBothAreNamed(string variable)
    {
        var reading = ConfigurationReader.Read(["--name=from-flag"], new Hashtable { ["ETCD_NAME"] = variable });
        Assert.Equal(1, reading.ExitCode);
        Assert.StartsWith(
            "conflicting environment variable is shadowed by corresponding command-line flag "
                + "(either unset environment variable or disable flag))",
            reading.Error,
            StringComparison.Ordinal
        );
        Assert.Contains($"ETCD_NAME=\"{variable}\"", reading.Error, StringComparison.Ordinal);
        Assert.Contains("--name=\"from-flag\"", reading.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownVariableIsToldAndPassedOver()
    {
        var reading = ConfigurationReader.Read([], new Hashtable { ["ETCD_NO_SUCH_THING"] = "1" });
        Assert.Null(reading.Error);
        Assert.Contains(reading.Notices, notice => notice is { Warning: true, Message: "unrecognized environment variable" });
    }

    [Fact]
    public void AFileGoesBeforeFlagsAndVariables()
    {
        var path = WriteFile(
            "name: from-file\nlisten-client-urls: http://127.0.0.1:9\nadvertise-client-urls: http://127.0.0.1:9\nsome-later-key: 1\n"
        );
        var reading = ConfigurationReader.Read(["--config-file", path, "--name=flag"], new Hashtable { ["ETCD_MAX_WALS"] = "9" });
        Assert.Null(reading.Error);
        Assert.Equal("from-file", reading.Options!.Name);
        Assert.Equal(5, reading.Options.MaxWalFiles);
        Assert.Equal("http://127.0.0.1:9", Assert.Single(reading.Options.ListenClientUrls));
    }

    [Fact]
    public void TheFileMayBeNamedByItsVariable()
    {
        var path = WriteFile("name: v\nlog-outputs: [stdout, stderr]\nbackend-batch-interval: 5000000\n");
        var reading = ConfigurationReader.Read([], new Hashtable { ["ETCD_CONFIG_FILE"] = path });
        Assert.Null(reading.Error);
        Assert.Equal(["stdout", "stderr"], reading.Options!.Of(FlagTable.LogOutputs));
        Assert.Equal(5, reading.Options.BackendBatchIntervalMs);
    }

    [Theory]
    [InlineData("quota-backend-bytes: 8.589934592e+09", "8589934592")]
    [InlineData("QUOTA-Backend-Bytes: 10000.0", "10000")]
    [InlineData("quota-backend-bytes: 1\nquota-backend-bytes: 0x10", "16")]
    [InlineData("quota-backend-bytes: 010", "8")]
    [InlineData("quota-backend-bytes: 1_000", "1000")]
    [InlineData("quota-backend-bytes: ~", "2147483648")]
    public void AWholeNumberIsTakenInEveryFormOfYaml(string yaml, string expected) =>
        Assert.Equal(
            expected,
            ConfigurationReader
                .Read(["--config-file", WriteFile(yaml)], s_noEnvironment)
                .Options!.QuotaBackendBytes.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );

    [Theory]
    [InlineData("off", false)]
    [InlineData("No", false)]
    [InlineData("n", false)]
    [InlineData("FALSE", false)]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("null", true)]
    public void ASwitchIsTakenInEveryFormOfYaml(string value, bool expected) =>
        Assert.Equal(
            expected,
            ConfigurationReader.Read(["--config-file", WriteFile($"pre-vote: {value}\n")], s_noEnvironment).Options!.PreVote
        );

    [Theory]
    [InlineData("name: 010\n", "name")]
    [InlineData("name: yes\n", "name")]
    [InlineData("pre-vote: \"true\"\n", "pre-vote")]
    [InlineData("pre-vote: 1\n", "pre-vote")]
    [InlineData("max-wals: \"5\"\n", "max-wals")]
    [InlineData("max-wals: 1.5\n", "max-wals")]
    [InlineData("log-outputs: stderr\n", "log-outputs")]
    [InlineData("listen-client-urls: [http://127.0.0.1:1]\n", "listen-client-urls")]
    [InlineData("socket-options: 5\n", "socket-options")]
    public void AValueOfAnotherTypeIsRefusedWithItsKey(string yaml, string key)
    {
        var reading = ConfigurationReader.Read(["--config-file", WriteFile(yaml)], s_noEnvironment);
        Assert.Equal(1, reading.ExitCode);
        Assert.Contains($" for {key}: ", reading.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void DiscoveryIsNestedAsInEtcd()
    {
        var path = WriteFile("discovery-config:\n  token: t\n  client: {endpoints: [a, b], dial-timeout: 7000000000}\n");
        var configuration = ConfigurationReader.Read(["--config-file", path], s_noEnvironment).Options!;
        Assert.Equal(("t", TimeSpan.FromSeconds(7)), (configuration.DiscoveryToken, configuration.DiscoveryDialTimeout));
        Assert.Equal(["a", "b"], configuration.DiscoveryEndpoints);
    }

    [Theory]
    [InlineData("name: [a\n", "error parsing")]
    [InlineData("snapshot-count: many\n", "snapshot-count")]
    [InlineData("- a\n", "must hold a map")]
    [InlineData("client-transport-security:\n  cert-file: a.crt\n", "not built yet")]
    public void ABadFileIsRefusedWithAReason(string yaml, string expected)
    {
        var reading = ConfigurationReader.Read(["--config-file", WriteFile(yaml)], s_noEnvironment);
        Assert.Equal(1, reading.ExitCode);
        Assert.Contains(expected, reading.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "flag provided but not defined: -nonsense", "--nonsense")]
    [InlineData(2, "flag needs an argument: -name", "--name")]
    [InlineData(2, "invalid value \"x\" for flag -max-wals: parse error", "--max-wals=x")]
    [InlineData(1, "\"word\" is not a valid flag", "word")]
    [InlineData(
        1,
        "--advertise-client-urls is required when --listen-client-urls is set explicitly",
        "--listen-client-urls=http://127.0.0.1:1"
    )]
    [InlineData(1, "expected IP in URL for binding (http://example.com:80)", "--listen-peer-urls=http://example.com:80")]
    [InlineData(
        1,
        "--election-timeout[1000ms] should be at least as 5 times as --heartbeat-interval[300ms]",
        "--heartbeat-interval=300"
    )]
    [InlineData(1, "is too long, and should be set less than 50000ms", "--election-timeout=60000")]
    [InlineData(
        1,
        "--listen-peer-urls and --listen-metrics-urls both listen on 127.0.0.1:2380",
        "--listen-metrics-urls=http://127.0.0.1:2380"
    )]
    [InlineData(
        1,
        "keeps a number of revisions, not --auto-compaction-retention=\"1h\"",
        "--auto-compaction-mode=revision",
        "--auto-compaction-retention=1h"
    )]
    [InlineData(1, "time: invalid duration \"soon\"", "--auto-compaction-retention=soon")]
    [InlineData(1, "v2 proxy is deprecated", "--discovery-fallback=proxy")]
    [InlineData(1, "names an output that is empty", "--log-outputs=")]
    [InlineData(1, "--max-learners must not be negative (set to -1)", "--max-learners=-1")]
    [InlineData(1, "both --discovery-token and --discovery-endpoints must be set", "--discovery-token=t")]
    [InlineData(
        1,
        "Choose one of \"initial-cluster\", \"discovery-endpoints\" or \"discovery-srv\"",
        "--discovery-srv=example.test",
        "--initial-cluster=default=http://localhost:1"
    )]
    [InlineData(2, "invalid value \"old\" for flag -initial-cluster-state: invalid value", "--initial-cluster-state=old")]
    [InlineData(2, "unrecognized feature gate: Nothing", "--feature-gates=Nothing=true")]
    public void AWrongCommandLineSaysWhat(int exitCode, string expected, params string[] arguments)
    {
        var reading = ConfigurationReader.Read(arguments, s_noEnvironment);
        Assert.Equal(exitCode, reading.ExitCode);
        Assert.Contains(expected, reading.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFeatureThatIsNotBuiltStopsTheStartAndIsNamed()
    {
        var notBuilt = FlagTable.Flags.All.Where(flag => flag.Support == FlagSupport.NotBuilt).ToList();
        Assert.NotEmpty(notBuilt);
        foreach (var flag in notBuilt)
        {
            var text = flag.Kind switch
            {
                FlagKind.Boolean => "true",
                FlagKind.Duration => "77s",
                FlagKind.Unsigned or FlagKind.Integer => "77",
                _ => "something",
            };
            var reading = ConfigurationReader.Read([$"--{flag.Name}={text}"], s_noEnvironment);
            Assert.Equal(1, reading.ExitCode);
            Assert.Contains("--" + flag.Name, reading.Error, StringComparison.Ordinal);
            Assert.Contains("not built yet", reading.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryFlagTakesItsDefault()
    {
        foreach (var flag in FlagTable.Flags.All.Where(flag => flag.Default.Length > 0 && flag.Support != FlagSupport.NotBuilt))
        {
            Assert.Null(
                ConfigurationReader
                    .Read([$"--{flag.Name}={flag.Default}", "--advertise-client-urls=http://localhost:2379"], s_noEnvironment)
                    .Error
            );
        }
    }

    [Fact]
    public void HelpAndVersionAreAsked()
    {
        Assert.Equal(ConfigurationRequest.PrintHelp, ConfigurationReader.Read(["--help"], s_noEnvironment).Request);
        Assert.Equal(ConfigurationRequest.PrintVersion, ConfigurationReader.Read(["--version"], s_noEnvironment).Request);
        Assert.StartsWith("etcd Version: 3.7.1\n", ProductVersion.Text(), StringComparison.Ordinal);
        foreach (var flag in FlagTable.Flags.All)
        {
            Assert.Contains($"  --{flag.Name}", HelpText.Flags(FlagTable.Flags), StringComparison.Ordinal);
        }
    }

    private static MemberOptions Start(string[] arguments)
    {
        var reading = ConfigurationReader.Read(arguments, s_noEnvironment);
        Assert.Null(reading.Error);
        return reading.Options!;
    }

    private static string WriteFile(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("etcdsharp-configuration-").FullName, "etcd.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
