using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>Configuration files side by side with real etcd: which are taken, and with what effect.</summary>
public sealed class ConfigurationFileConformanceTests
{
    /// <summary>One or more of each type that a YAML scalar can have, and of each way to write one.</summary>
    private static readonly string[] s_values =
    [
        "",
        "~",
        "words",
        "\"\"",
        "\"5\"",
        "5",
        "010",
        "0x10",
        "-5",
        "1_000",
        "1.5",
        "10000.0",
        "8.589934592e+09",
        "99999999999999999999",
        "yes",
        "off",
        "\"true\"",
        "!!str 5",
        "[]",
        "[words, other]",
        "[5]",
        "{a: b}",
    ];

    /// <summary>etcd passes over these in the file, whatever they hold; ours takes them.</summary>
    private static readonly string[] s_ofTheCommandLine = ["raft-read-timeout", "raft-write-timeout"];

    private static ExpectedDifference Expected(FlagDefinition flag, string value) =>
        (flag.Name, value) switch
        {
            // No request can be so large.
            ("max-request-bytes", "8.589934592e+09") => ExpectedDifference.RefusedHere,

            // In the file of etcd 3.5 the mode has no default; that of 3.7 has.
            ("auto-compaction-mode", "" or "~") => ExpectedDifference.OtherEffect,
            ("auto-compaction-mode", "\"\"") => ExpectedDifference.RefusedHere,
            _ => ExpectedDifference.None,
        };

    public static TheoryData<string> Keys =>
        [
            .. FlagTable
                .Flags.All.Where(flag => flag.KeyInFile.Length > 0 && RealStart.Knows(flag.Name))
                .Select(flag => flag.Name)
                .Where(name => !s_ofTheCommandLine.Contains(name, StringComparer.Ordinal)),
        ];

    [Theory, MemberData(nameof(Keys))]
    public async Task A_value_of_each_type_is_taken_or_refused_as_by_etcd(string name)
    {
        GivenConfiguration.SkipWithoutRealEtcd();
        var flag = FlagTable.Flags.ByName[name];
        var differences = await GivenConfiguration.DifferencesAsync(
            flag,
            s_values,
            value => GivenConfiguration.InAFile(Compose(flag, value)),
            value => Expected(flag, value)
        );
        Assert.Empty(differences);
    }

    [Theory]
    [InlineData("Name: upper\nname: lower\n", "lower")]
    [InlineData("name: lower\nNAME: upper\n", "lower")]
    [InlineData("nAmE: mixed\n", "mixed")]
    [InlineData("name: first\nname: last\n", "last")]
    [InlineData("name: &n anchored\ninitial-cluster-token: *n\n", "anchored")]
    [InlineData("name: 'quoted'\nno-such-key: {a: [1, {b: c}]}\n5: 6\n", "quoted")]
    [InlineData("---\nname: first\n---\nname: second\n", "first")]
    [InlineData("name: |\n  block\n", "block\n")]
    public async Task Keys_are_met_as_by_etcd(string yaml, string expected)
    {
        GivenConfiguration.SkipWithoutRealEtcd();
        var head = yaml.StartsWith("---", StringComparison.Ordinal) ? "---\n" : "";
        var given = GivenConfiguration.InAFile(head + GivenConfiguration.BaseOfFile() + yaml[head.Length..]);
        var real = await given.GiveToEtcdAsync();
        Assert.Equal(expected, real.Settings!.Value.GetProperty("name").GetString());
        var ours = given.GiveToOurs();
        Assert.Null(ours.Error);
        Assert.Equal(expected, ours.Options!.Name);
    }

    /// <summary>All keys that a file of etcd 3.5 and later may hold, with what their users write there, in one file.</summary>
    [Fact]
    public async Task A_file_with_every_key_has_the_same_effect_as_in_etcd()
    {
        GivenConfiguration.SkipWithoutRealEtcd();
        var missing = Keys.Select(row => FlagTable.Flags.ByName[row.Data])
            .Where(flag => flag.Support != FlagSupport.NotBuilt)
            .Where(flag => !EveryKey.Contains($"{flag.KeyInFile.Split('/')[^1]}:", StringComparison.Ordinal))
            .Select(flag => flag.KeyInFile);
        Assert.Empty(missing);
        var given = GivenConfiguration.InAFile(EveryKey);
        var (real, ours) = (await given.GiveToEtcdAsync(), given.GiveToOurs());
        Assert.True(real.Settings is not null, real.Output);
        Assert.Null(ours.Error);
        Assert.Empty(EffectiveValue.Differences(real.Settings.Value, ours.Options!));
        Assert.Equal(25_000UL, ours.Options!.SnapshotCount);
        Assert.Equal(TimeSpan.FromMilliseconds(250), ours.Options.WarningUnaryRequestDuration);
        Assert.Equal(TimeSpan.FromMinutes(90), ours.Options.KeepAlive.Interval);
        Assert.Equal("8h", ours.Options.AutoCompactionRetention);
        Assert.True(ours.Options.SocketReuseAddress);
        Assert.Equal(["stderr", "stdout"], ours.Options.Of(FlagTable.LogOutputs).Order(StringComparer.Ordinal));
    }

    private const string EveryKey = """
        # Member
        name: "m-7"
        data-dir: data
        wal-dir: wal
        snapshot-count: 25_000
        max-snapshots: 3
        max-wals: 4.0
        heartbeat-interval: 150
        election-timeout: 1.5e3
        initial-election-tick-advance: No
        quota-backend-bytes: 8.589934592e+09
        backend-bbolt-freelist-type: map
        backend-batch-interval: 20000000
        backend-batch-limit: 500
        max-txn-ops: 0x100
        max-request-bytes: 2097152
        max-concurrent-streams: 4294967295
        grpc-keepalive-min-time: 7000000000
        grpc-keepalive-interval: 5400000000000
        grpc-keepalive-timeout: 11000000000
        socket-options: {reuse-address: on, reuse-port: off}
        memory-mlock: off
        listen-peer-urls: http://127.0.0.1:0
        listen-client-urls: http://127.0.0.1:0
        listen-metrics-urls: http://127.0.0.1:0
        listen-client-http-urls:
        # Clustering
        initial-advertise-peer-urls: http://127.0.0.1:2,http://127.0.0.1:4
        advertise-client-urls: "http://127.0.0.1:5, http://127.0.0.1:6"
        initial-cluster: m-7=http://127.0.0.1:3
        initial-cluster-state: new
        initial-cluster-token: "2000"
        discovery-srv: ""
        discovery-srv-name: ~
        strict-reconfig-check: True
        pre-vote: n
        force-new-cluster: false
        auto-compaction-mode: periodic
        auto-compaction-retention: 8h
        v2-deprecation: write-only
        # Security
        client-transport-security:
          cert-file:
          key-file: ""
          client-cert-auth: false
          trusted-ca-file:
          auto-tls: no
        peer-transport-security:
          cert-file:
          key-file:
          client-cert-auth: false
          trusted-ca-file:
          auto-tls: false
          allowed-cn:
          allowed-hostname:
        self-signed-cert-validity: 1
        cipher-suites: []
        cors: "*"
        host-whitelist: ""
        tls-min-version: TLS1.2
        auth-token: simple
        auth-token-ttl: 600
        bcrypt-cost: 0b1001
        # Logging and monitoring
        logger: zap
        log-level: debug
        log-format: json
        log-outputs: [stdout, stderr]
        warning-unary-request-duration: 250000000
        enable-pprof: false
        metrics: extensive
        unsafe-no-fsync: false
        # Of other releases, and of nobody
        enable-v2: true
        proxy: 'off'
        proxy-dial-timeout: 1000
        no-such-thing: [1, 2, {three: 4}]

        """;

    /// <summary>One more than etcd takes: a duration with its unit. etcd wants nanoseconds there, and refuses this.</summary>
    [Fact]
    public async Task A_duration_with_its_unit_is_taken_and_only_here()
    {
        var given = GivenConfiguration.InAFile(GivenConfiguration.BaseOfFile() + "grpc-keepalive-interval: 90m\n");
        Assert.Equal(TimeSpan.FromMinutes(90), given.GiveToOurs().Options!.KeepAlive.Interval);
        GivenConfiguration.SkipWithoutRealEtcd();
        Assert.False((await given.GiveToEtcdAsync()).IsAccepted);
    }

    private static string Compose(FlagDefinition flag, string value)
    {
        // What is compared is one value; where that leaves others alone, as the URL of a listener, ports must not be fixed.
        var path = flag.KeyInFile.Split('/');
        var lines = string.Concat(
            path.Select((key, depth) => $"{new string(' ', depth * 2)}{key}:{(depth == path.Length - 1 ? $" {value}" : "")}\n")
        );
        return GivenConfiguration.BaseOfFile(flag.Name) + lines;
    }
}
