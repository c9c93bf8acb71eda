using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>Options that every command takes, and their variables.</summary>
public sealed class GlobalOptionCases(SharedMember member)
{
    private static readonly (string, string)[] s_keys = [("a", "1")];

    [Theory]
    [InlineData("--endpoints {at} get {p}a")]
    [InlineData("get {p}a --endpoints {at}")]
    [InlineData("get --endpoints={at} {p}a")]
    [InlineData("get {p}a --endpoints=http://{at}")]
    [InlineData("get {p}a --endpoints=http://{at},{at}")]
    [InlineData("get {p}a --endpoints 127.0.0.1:1,{at}")]
    [InlineData("get {p}a --endpoints {at} --dial-timeout 1s --command-timeout 1m --keepalive-time 1s --keepalive-timeout 1s")]
    [InlineData("get {p}a --endpoints {at} --command-timeout=1500ms")]
    [InlineData("get {p}a --endpoints {at} --insecure-transport")]
    [InlineData("get {p}a --endpoints {at} --insecure-discovery=false")]
    [InlineData("get {p}a --endpoints {at} --cert ''")]
    [InlineData("get {p}a --endpoints {at} --key=")]
    [InlineData("get {p}a --endpoints {at} --cacert=")]
    [InlineData("get {p}a --endpoints {at} --cert /none.pem --key /none.pem")]
    [InlineData("get {p}a --endpoints {at} --cacert /none.pem")]
    [InlineData("get {p}a --endpoints {at} --cert /none.pem")]
    [InlineData("get {p}a --endpoints {at} --user u:p")]
    [InlineData("get {p}a --endpoints {at} --user u --password p")]
    [InlineData("get {p}a --endpoints {at} --password p")]
    [InlineData("get {p}a --hex --endpoints {at}")]
    public async Task SameAsEtcd(string line) =>
        await (await member.EtcdctlAsync()).SameAsync([new Step(line) { WithoutEndpoint = true }], s_keys);

    [Theory]
    [InlineData("ETCDCTL_ENDPOINTS", "{at}", "get {p}a")]
    [InlineData("ETCDCTL_ENDPOINTS", "127.0.0.1:1,{at}", "get {p}a")]
    [InlineData("ETCDCTL_ENDPOINTS", "{at}", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_WRITE_OUT", "json", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_WRITE_OUT", "yaml", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_WRITE_OUT", "json", "--endpoints {at} get {p}a -w fields")]
    [InlineData("ETCDCTL_HEX", "true", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_HEX", "nonsense", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_COMMAND_TIMEOUT", "1s", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_DIAL_TIMEOUT", "3s", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_USER", "u:p", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_NONSENSE", "1", "--endpoints {at} get {p}a")]
    [InlineData("ETCDCTL_CLUSTER", "true", "--endpoints {at} endpoint health")]
    [InlineData("ETCDCTL_PREFIX", "true", "--endpoints {at} get {p}")]
    [InlineData("ETCDCTL_CACERT", "/none.pem", "--endpoints {at} get {p}a")]
    public async Task Variables(string name, string value, string line) =>
        await (await member.EtcdctlAsync()).SameAsync(
            [new Step(line) { WithoutEndpoint = true, Environment = [(name, value)] }],
            s_keys
        );

    [Fact]
    public async Task VariablesThatNobodyKnowsAreTold()
    {
        var side = await member.EtcdctlAsync();
        var step = new Step("get {p}a") { Environment = [("ETCDCTL_NONSENSE", "1")] };
        Assert.Contains(
            "\"msg\":\"unrecognized environment variable\",\"environment-variable\":\"ETCDCTL_NONSENSE=1\"}",
            (await side.OursAsync(step)).Error
        );
        step = step with { Environment = [("ETCDCTL_WRITE_OUT", "json")], Line = "get {p}a -w json" };
        Assert.Contains("\"environment-variable\":\"ETCDCTL_WRITE_OUT\"}", (await side.OursAsync(step)).Error);
    }

    [Fact]
    public async Task DebugTellsTheOptions()
    {
        var outcome = await (await member.EtcdctlAsync()).OursAsync("get {p}a --debug -w json");
        Assert.Contains("ETCDCTL_COMMAND_TIMEOUT=5s\n", outcome.Error);
        Assert.Contains("ETCDCTL_DEBUG=true\n", outcome.Error);
        Assert.Contains("ETCDCTL_WRITE_OUT=json\n", outcome.Error);
    }
}
