using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>What may stand in <c>--endpoints</c>, and what is said of what may not.</summary>
public sealed class EndpointValueCases(SharedMember member)
{
    private const string NoEndpoint = "is no endpoint: host:port, http://host:port, https://host:port and unix:///path are";
    private const string Nowhere = "context deadline exceeded: ";

    private static readonly string[] s_otherCommands =
    [
        "put {p}a 2",
        "endpoint health",
        "endpoint status",
        "endpoint hashkv",
        "member list",
        "defrag",
        "snapshot save {p}x",
        "watch {p}a",
    ];

    [Theory]
    [InlineData("{at},")]
    [InlineData(",{at}")]
    [InlineData("{at},,{at}")]
    [InlineData("' {at}'")]
    [InlineData("'{at} '")]
    [InlineData("'{at}, {at}'")]
    [InlineData(":{port}")]
    [InlineData("localhost:{port}")]
    [InlineData("http://{at}")]
    [InlineData("HTTP://{at}")]
    [InlineData("http://{at}/")]
    [InlineData("http://{at}/path")]
    [InlineData("http://:{port}")]
    [InlineData("''")]
    public async Task TakenAsEtcdTakesThem(string value) =>
        await (await member.EtcdctlAsync()).SameAsync(
            [new Step($"get {{p}}a --endpoints {value}") { WithoutEndpoint = true }],
            ("a", "1")
        );

    /// <summary>etcd's etcdctl tells all of them as a deadline that is exceeded, after the time of the command.</summary>
    [Theory]
    [InlineData("tcp://{at}", 2, NoEndpoint)]
    [InlineData("dns:///{at}", 2, NoEndpoint)]
    [InlineData("dns://{at}", 2, NoEndpoint)]
    [InlineData("ftp://{at}", 2, NoEndpoint)]
    [InlineData("http:{at}", 2, NoEndpoint)]
    [InlineData("http://", 2, NoEndpoint)]
    [InlineData("localhost:", 2, NoEndpoint)]
    [InlineData("localhost:99999", 2, NoEndpoint)]
    [InlineData("localhost:-1", 2, NoEndpoint)]
    [InlineData("localhost:x", 2, NoEndpoint)]
    [InlineData("::1", 2, NoEndpoint)]
    [InlineData("'a b'", 2, NoEndpoint)]
    [InlineData("unix:", 2, NoEndpoint)]
    [InlineData("unix://", 2, NoEndpoint)]
    [InlineData("unixs:", 2, "asks for TLS over a unix socket")]
    [InlineData("unixs:///no/such.sock", 2, "asks for TLS over a unix socket")]
    [InlineData(",", 2, "no available endpoints")]
    [InlineData("' '", 2, "no available endpoints")]
    [InlineData("unix:/no/such.sock", 1, Nowhere + "there is no socket file /no/such.sock")]
    [InlineData("unix:///no/such.sock", 1, Nowhere + "there is no socket file /no/such.sock")]
    [InlineData("https://{at}", 1, Nowhere)]
    [InlineData("localhost:0", 1, Nowhere)]
    [InlineData("no.such.invalid:{port}", 1, Nowhere)]
    public async Task RefusedInPlainWords(string value, int exitCode, string words)
    {
        var side = await member.EtcdctlAsync();
        var expected = await side.RawAsync(Of("get {p}a", value, "1s"), ours: false);
        Assert.Equal(1, expected.ExitCode);
        var actual = await side.RawAsync(Of("get {p}a", value), ours: true);
        Assert.True(actual.ExitCode == exitCode, $"{actual.ExitCode}: {actual.Error}");
        Assert.Contains(words, actual.Error, StringComparison.Ordinal);
        Assert.Equal("", actual.Output);
    }

    /// <summary>Every way in which a command connects judges them alike.</summary>
    [Theory]
    [InlineData("tcp://{at}", NoEndpoint)]
    [InlineData("{at},localhost:99999", NoEndpoint)]
    [InlineData(",", "no available endpoints")]
    public async Task RefusedByEveryCommand(string value, string words)
    {
        var side = await member.EtcdctlAsync();
        foreach (var command in s_otherCommands)
        {
            var outcome = await side.RawAsync(Of(command, value), ours: true);
            Assert.True(outcome.ExitCode == 2, $"{command}: {outcome.ExitCode}: {outcome.Error}");
            Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
            Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public async Task ASocketFileOfALongNameIsRefusedInPlainWords()
    {
        var side = await member.EtcdctlAsync();
        var outcome = await side.RawAsync(Of("get {p}a", $"unix:///{new string('l', 300)}"), ours: true);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is longer than the system takes for a socket file", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>Ours tells why a connection failed only where that was seen in time, which a busy machine takes its own for.</summary>
    private static Step Of(string command, string value, string limit = "5s") =>
        new($"--endpoints {value} --dial-timeout {limit} --command-timeout {limit} {command}") { WithoutEndpoint = true };
}
