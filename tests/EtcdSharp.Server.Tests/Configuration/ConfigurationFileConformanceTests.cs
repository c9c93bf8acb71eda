using System.Collections;
using System.Collections.Concurrent;
using EtcdSharp.Harness;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>Configuration files side by side with real etcd: which are taken, and with what effect.</summary>
public sealed class ConfigurationFileConformanceTests
{
    private static readonly Hashtable s_noEnvironment = [];

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

    /// <summary>Why ours differs on purpose; null where it must not.</summary>
    private static string? Difference(FlagDefinition flag, string value) =>
        (flag.Name, value) switch
        {
            ("max-request-bytes", "8.589934592e+09") => "no request can be so large",
            ("auto-compaction-mode", "" or "~" or "\"\"") => "in the file of etcd 3.5 the mode has no default; that of 3.7 has",
            _ => null,
        };

    public static TheoryData<string> Keys =>
        [
            .. FlagTable
                .All.Where(flag => flag.KeyInFile.Length > 0 && RealStart.Knows(flag.Name))
                .Select(flag => flag.Name)
                .Where(name => !s_ofTheCommandLine.Contains(name, StringComparer.Ordinal)),
        ];

    [Theory, MemberData(nameof(Keys))]
    public async Task A_value_of_each_type_is_taken_or_refused_as_by_etcd(string name)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var flag = FlagTable.ByName[name];
        var differences = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            s_values,
            new ParallelOptions { MaxDegreeOfParallelism = RealStart.AtOnceMax },
            async (value, _) =>
            {
                var text = Compose(flag, value);
                var real = await RealStart.RunAsync([], file: text);
                var ours = Read(text);
                var isAccepted = ours.Error is null;
                var isRealAccepted = name == "auto-compaction-retention" ? real.Settings is not null : real.IsAccepted;
                var isNotBuilt = ours.Error?.Contains("not built yet", StringComparison.Ordinal) == true;
                if (isNotBuilt || Difference(flag, value) is not null)
                {
                    return;
                }

                if (isRealAccepted != isAccepted)
                {
                    differences.Enqueue($"{value}: etcd {(isRealAccepted ? "takes" : "refuses")} it; ours: {ours.Error}");
                }
                else if (ours.Configuration is { } configuration && real.Settings is { } settings)
                {
                    foreach (var difference in EffectiveValue.Differences(settings, configuration, name))
                    {
                        differences.Enqueue($"{value}: {difference}");
                    }
                }
            }
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
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var head = yaml.StartsWith("---", StringComparison.Ordinal) ? "---\n" : "";
        var text = head + BaseText([]) + yaml[head.Length..];
        var real = await RealStart.RunAsync([], file: text);
        Assert.Equal(expected, real.Settings!.Value.GetProperty("name").GetString());
        var ours = Read(text);
        Assert.Null(ours.Error);
        Assert.Equal(expected, ours.Configuration!.Name);
    }

    /// <summary>All keys that a file of etcd 3.5 and later may hold, with what their users write there, in one file.</summary>
    [Fact]
    public async Task A_file_with_every_key_has_the_same_effect_as_in_etcd()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var missing = Keys.Select(row => FlagTable.ByName[row.Data])
            .Where(flag => flag.Support != FlagSupport.NotBuilt)
            .Where(flag => !EveryKey.Contains($"{flag.KeyInFile.Split('/')[^1]}:", StringComparison.Ordinal))
            .Select(flag => flag.KeyInFile);
        Assert.Empty(missing);
        var real = await RealStart.RunAsync([], file: EveryKey);
        Assert.True(real.Settings is not null, real.Output);
        var ours = Read(EveryKey);
        Assert.Null(ours.Error);
        Assert.Empty(EffectiveValue.Differences(real.Settings.Value, ours.Configuration!));
        Assert.Equal(25_000UL, ours.Configuration!.SnapshotCount);
        Assert.Equal(TimeSpan.FromMilliseconds(250), ours.Configuration.WarningUnaryRequestDuration);
        Assert.Equal(TimeSpan.FromMinutes(90), ours.Configuration.KeepAliveInterval);
        Assert.Equal("8h", ours.Configuration.AutoCompactionRetention);
        Assert.True(ours.Configuration.SocketReuseAddress);
        Assert.Equal(["stderr", "stdout"], ours.Configuration.LogOutputs.Order(StringComparer.Ordinal));
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
        var text = BaseText([]) + "grpc-keepalive-interval: 90m\n";
        Assert.Equal(TimeSpan.FromMinutes(90), Read(text).Configuration!.KeepAliveInterval);
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        Assert.False((await RealStart.RunAsync([], file: text)).IsAccepted);
    }

    private static string BaseText(string[] without) =>
        string.Concat(
            RealStart
                .Base()
                .Where(pair => !without.Contains(pair.Key, StringComparer.Ordinal))
                .Select(pair => $"{pair.Key}: {pair.Value}\n")
        );

    private static string Compose(FlagDefinition flag, string value)
    {
        // What is compared is one value; where that leaves others alone, as the URL of a listener, ports must not be fixed.
        string[] without = [flag.Name];
        var path = flag.KeyInFile.Split('/');
        var lines = string.Concat(
            path.Select((key, depth) => $"{new string(' ', depth * 2)}{key}:{(depth == path.Length - 1 ? $" {value}" : "")}\n")
        );
        return BaseText(without) + lines;
    }

    private static ConfigurationReading Read(string text)
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-configuration-");
        try
        {
            var path = Path.Combine(folder.FullName, "etcd.yaml");
            File.WriteAllText(path, text);
            return ConfigurationReader.Read(["--config-file", path], s_noEnvironment);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
