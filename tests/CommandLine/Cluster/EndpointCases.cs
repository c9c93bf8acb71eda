using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Cluster;

/// <summary><c>etcdctl endpoint</c>, <c>alarm</c>, <c>defrag</c>, <c>move-leader</c>, <c>downgrade</c> at one member.</summary>
public sealed class EndpointCases(OwnMember member) : IClassFixture<OwnMember>
{
    [Theory]
    [InlineData("endpoint health")]
    [InlineData("endpoint health --cluster")]
    [InlineData("endpoint --cluster health")]
    [InlineData("endpoint health -w json")]
    [InlineData("endpoint health -w fields")]
    [InlineData("endpoint health -w json --cluster")]
    [InlineData("endpoint health -w protobuf")]
    [InlineData("endpoint hashkv --rev 99999")]
    [InlineData("endpoint hashkv --rev x")]
    [InlineData("endpoint hashkv -w protobuf")]
    [InlineData("endpoint status -w protobuf")]
    [InlineData("alarm list")]
    [InlineData("alarm list -w json")]
    [InlineData("alarm list -w fields")]
    [InlineData("alarm list -w fields --hex")]
    [InlineData("alarm list -w table")]
    [InlineData("alarm list x")]
    [InlineData("alarm disarm")]
    [InlineData("alarm disarm -w json")]
    [InlineData("alarm disarm x")]
    [InlineData("move-leader 1")]
    [InlineData("move-leader zz")]
    [InlineData("move-leader")]
    [InlineData("move-leader 1 2")]
    public async Task SameAsEtcd(string line) => await (await member.EtcdctlAsync()).SameAsync([line]);

    /// <summary>3.7 tells more of a member.</summary>
    [Theory]
    [InlineData("endpoint status", "{at}, ID, 3.7.1, 3.7.0, ")]
    [InlineData("endpoint status --cluster", "http://{at}, ID, 3.7.1, 3.7.0, ")]
    [InlineData("endpoint status -w json", "[{\"Endpoint\":\"{at}\",\"Status\":{\"header\":{\"cluster_id\":N,")]
    [InlineData("endpoint status -w fields", "\"ClusterID\" : N\n")]
    [InlineData("endpoint status -w table", "┌─")]
    [InlineData("endpoint hashkv", "{at}, ")]
    [InlineData("endpoint hashkv --cluster --rev 1", "http://{at}, ")]
    [InlineData("endpoint hashkv -w json", "[{\"Endpoint\":\"{at}\",\"HashKV\":{\"header\":{\"cluster_id\":N,")]
    [InlineData("endpoint hashkv -w fields", "\"ClusterID\" : N\n")]
    [InlineData("endpoint hashkv -w table", "┌─")]
    [InlineData("defrag", "Finished defragmenting etcd member[{at}]. took TIME\n")]
    [InlineData("defrag --cluster", "Finished defragmenting etcd member[http://{at}]. took TIME\n")]
    public async Task NewerForms(string line, string start)
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            line,
            (output, error, code) =>
            {
                Assert.Equal("", error);
                Assert.Equal(0, code);
                Assert.StartsWith(start.Replace("{at}", side.Member.Address.Authority, StringComparison.Ordinal), output);
            }
        );
    }

    [Fact]
    public async Task FieldsOfAStatus()
    {
        var outcome = await (await member.EtcdctlAsync()).OursAsync("endpoint status -w fields");
        string[] expected =
        [
            "ClusterID",
            "MemberID",
            "Revision",
            "RaftTerm",
            "Version",
            "StorageVersion",
            "DBSize",
            "DBSizeInUse",
            "DBSizeQuota",
            "Leader",
            "IsLearner",
            "RaftIndex",
            "RaftTerm",
            "RaftAppliedIndex",
            "Errors",
            "Endpoint",
            "DowngradeTargetVersion",
            "DowngradeEnabled",
        ];
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, lines.Select(static line => line.Split('"')[1]));
    }

    [Fact]
    public async Task TableOfAStatus()
    {
        var side = await member.EtcdctlAsync();
        var outcome = await side.OursAsync("endpoint status -w table");
        var lines = Text(outcome).Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.Equal(
            [
                "ENDPOINT",
                "ID",
                "VERSION",
                "STORAGE VERSION",
                "DB SIZE",
                "IN USE",
                "PERCENTAGE NOT IN USE",
                "QUOTA",
                "IS LEADER",
                "IS LEARNER",
                "RAFT TERM",
                "RAFT INDEX",
                "RAFT APPLIED INDEX",
                "ERRORS",
                "DOWNGRADE TARGET VERSION",
                "DOWNGRADE ENABLED",
            ],
            lines[1].Trim('│').Split('│').Select(static cell => cell.Trim())
        );
        Assert.Contains(" 2.1 GB │      true │ ", lines[3]);
        Assert.All(lines[..5], line => Assert.Equal(lines[0].Length, line.Length));
    }

    [Theory]
    [InlineData("downgrade validate 3.6", 0, "Downgrade validate success, cluster version 3.7\n", "")]
    [InlineData("downgrade validate", 128, "", "Error: TARGET_VERSION not provided")]
    [InlineData("downgrade validate ''", 128, "", "Error: target version not provided")]
    [InlineData("downgrade enable 3.6 3.5", 128, "", "Error: too many arguments")]
    [InlineData("downgrade validate 3.2", 1, "", "Error: etcdserver: invalid downgrade target version")]
    [InlineData("downgrade validate nonsense", 1, "", "Error: etcdserver: wrong downgrade target version format")]
    [InlineData("downgrade cancel", 1, "", "Error: etcdserver: no inflight downgrade job")]
    public async Task DowngradeIsNotIn35(string line, int exitCode, string output, string error)
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(line, (told, complaint, code) => Assert.Equal((exitCode, output, error), (code, told, complaint)));
    }

    /// <summary>The words of the real one, and behind them what it tells in a log line or not at all.</summary>
    [Theory]
    [InlineData("get a", "Error: {0}")]
    [InlineData("put a b", "Error: {0}")]
    [InlineData("member list", "Error: {0}")]
    [InlineData("endpoint status", "Failed to get the status of endpoint 127.0.0.1:1 ({0})")]
    [InlineData("endpoint status --cluster", "Error: failed to fetch endpoints from etcd cluster member list: {0}")]
    [InlineData("endpoint health", "127.0.0.1:1 is unhealthy: failed to commit proposal: {0}\nError: unhealthy cluster")]
    public async Task AnUnreachableMemberIsNamed(string line, string expected)
    {
        var side = await member.EtcdctlAsync();
        await side.NewerAsync(
            new Step($"{line} --command-timeout 3s --endpoints 127.0.0.1:1") { WithoutEndpoint = true },
            (_, error, code) =>
            {
                const string problem =
                    "context deadline exceeded: Connection refused; are --endpoints and the TLS options right?";
                Assert.Equal(1, code);
                Assert.Equal(expected.Replace("{0}", problem, StringComparison.Ordinal), error);
            }
        );
    }

    /// <summary>The real one of 3.5 panics.</summary>
    [Fact]
    public async Task DisarmedAlarmsHaveNoHeader() =>
        await (await member.EtcdctlAsync()).NewerAsync(
            "alarm disarm -w fields",
            (output, _, code) => Assert.Equal((0, "\"ClusterID\" : 0\n\"MemberID\" : 0\n\"RaftTerm\" : 0\n"), (code, output))
        );

    private static string Text(Outcome outcome) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(outcome.Output));
}
