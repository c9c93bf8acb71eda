using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Tls;

/// <summary>The options for TLS, against members of real etcd with certificates of all kinds.</summary>
public sealed class TlsCases(TlsMembers members) : IClassFixture<TlsMembers>
{
    private const string LookAt = "are --endpoints and the TLS options right";
    private const string Quick = "--command-timeout 2s --dial-timeout 2s";

    [Theory]
    [InlineData("good", "get {p}a --endpoints https://{tls} --cacert {/ca.pem}")]
    [InlineData("good", "get {p}a --endpoints {tls} --cacert {/ca.pem}")]
    [InlineData("good", "get {p}a --endpoints https://{local} --cacert {/ca.pem}")]
    [InlineData("good", "get {p}a --endpoints https://{tls},https://{local} --cacert {/ca.pem} -w json")]
    [InlineData("good", "get {p}a --endpoints {tls} --cacert {/ca.pem} --insecure-transport=false")]
    [InlineData("good", "get {p}a --endpoints {tls} --cacert {/ca.pem} --insecure-discovery=false")]
    [InlineData("good", "get {p}a --endpoints {tls} --insecure-transport=false --insecure-skip-tls-verify")]
    [InlineData("good", "get {p}a --endpoints {tls} --insecure-skip-tls-verify --cacert {/other-ca.pem}")]
    [InlineData("good", "get {p}a --endpoints {tls} --cacert {/ca.pem} --cert {/client.pem} --key {/client-key.pem}")]
    [InlineData("good", "get {p}a --endpoints http://{plain} --cacert {/ca.pem}")]
    [InlineData("good", "put {p}a 2 --endpoints {tls} --cacert {/ca.pem}")]
    [InlineData("good", "del {p}a --endpoints {tls} --cacert {/ca.pem} --prev-kv")]
    [InlineData("good", "endpoint health --endpoints https://{tls} --cacert {/ca.pem}")]
    [InlineData("good", "member list --endpoints {tls} --cacert {/ca.pem}")]
    [InlineData("good", "lease list --endpoints {tls} --cacert {/ca.pem}")]
    [InlineData("good", "alarm list --endpoints {tls} --cacert {/ca.pem}")]
    [InlineData("good", "get {p}a --endpoints http://{plain} --insecure-transport=false")]
    [InlineData("mutual", "get {p}a --endpoints {tls} --cacert {/ca.pem} --cert {/client.pem} --key {/client-key.pem}")]
    [InlineData("mutual", "get {p}a --endpoints {tls} --insecure-skip-tls-verify --cert {/client.pem} --key {/client-key.pem}")]
    [InlineData("mutual", "put {p}a 2 --endpoints {tls} --cacert {/ca.pem} --cert {/client.pem} --key {/client-key.pem}")]
    [InlineData("expired", "get {p}a --endpoints {tls} --insecure-skip-tls-verify --cacert {/ca.pem}")]
    [InlineData("elsewhere", "get {p}a --endpoints {tls} --insecure-skip-tls-verify --cacert {/ca.pem}")]
    public async Task SameAsEtcd(string member, string line)
    {
        var (side, filled) = await members.AtAsync(member, line);
        await side.SameAsync([new Step(filled) { WithoutEndpoint = true }], ("a", "1"));
    }

    [Theory]
    [InlineData("ETCDCTL_CACERT", "{/ca.pem}", "get {p}a --endpoints {tls}")]
    [InlineData("ETCDCTL_INSECURE_SKIP_TLS_VERIFY", "true", "get {p}a --endpoints {tls} --cacert {/other-ca.pem}")]
    [InlineData("ETCDCTL_INSECURE_TRANSPORT", "false", "get {p}a --endpoints {tls} --cacert {/ca.pem}")]
    [InlineData("ETCDCTL_CERT", "{/none.pem}", "get {p}a --endpoints {tls} --key {/client-key.pem}")]
    public async Task Variables(string name, string value, string line)
    {
        var (side, filled) = await members.AtAsync("good", line);
        var (_, content) = await members.AtAsync("good", value);
        await side.SameAsync([new Step(filled) { WithoutEndpoint = true, Environment = [(name, content)] }], ("a", "1"));
    }

    /// <summary>3.5 forgets the option where no other asks for TLS.</summary>
    [Theory]
    [InlineData("get {p}a --endpoints https://{tls} --insecure-skip-tls-verify")]
    [InlineData("get {p}a --endpoints {tls} --insecure-skip-tls-verify")]
    public async Task SkippingTheCheckIsEnough(string line)
    {
        var (side, filled) = await members.AtAsync("good", $"{line} {Quick}");
        await side.NewerAsync(
            new Step(filled) { WithoutEndpoint = true },
            static (output, error, code) => Assert.Equal((0, "1\n", ""), (code, output[(output.IndexOf('\n') + 1)..], error)),
            ("a", "1")
        );
    }

    /// <summary>The real one says that the time is over, and why in a log line at best; ours says why, and what to do.</summary>
    [Theory]
    [InlineData("good", "https://{tls}", "", "is signed by an unknown authority; name its CA with --cacert")]
    [InlineData("good", "{tls}", "--cacert {/other-ca.pem}", "is signed by an unknown authority; name its CA with --cacert")]
    [InlineData("good", "{tls}", "--cacert {/empty.pem}", "is signed by an unknown authority; name its CA with --cacert")]
    [InlineData("good", "{tls}", "--cacert {/text.pem}", "is signed by an unknown authority; name its CA with --cacert")]
    [InlineData(
        "good",
        "{tls}",
        "--insecure-transport=false --cacert {/other-ca.pem}",
        "is signed by an unknown authority; name its CA with --cacert"
    )]
    [InlineData("expired", "{tls}", "--cacert {/ca.pem}", "has expired at 20[0-9T:-]+Z; renew it, or set this machine's clock")]
    [InlineData("early", "{tls}", "--cacert {/ca.pem}", "is not valid before 20[0-9T:-]+Z; set this machine's clock, or wait")]
    [InlineData(
        "elsewhere",
        "{tls}",
        "--cacert {/ca.pem}",
        "is valid for etcd.example, 192.0.2.1, not 127.0.0.1; name such a host in --endpoints"
    )]
    [InlineData(
        "elsewhere",
        "{local}",
        "--cacert {/ca.pem}",
        "is valid for etcd.example, 192.0.2.1, not localhost; name such a host in --endpoints"
    )]
    public Task AServerIsNotTrusted(string member, string endpoint, string options, string reason) =>
        NotReachedAsync(member, endpoint, options, $"the server's certificate {reason}");

    [Theory]
    [InlineData("--cacert {/ca.pem}", "asks for a certificate; name one that it trusts with --cert and --key")]
    [InlineData("--insecure-skip-tls-verify", "asks for a certificate; name one that it trusts with --cert and --key")]
    [InlineData(
        "--cacert {/ca.pem} --cert {/strange-client.pem} --key {/strange-client-key.pem}",
        "ended the handshake \\(.+\\); does it trust the certificate in --cert\\?"
    )]
    [InlineData(
        "--cacert {/ca.pem} --cert {/old-client.pem} --key {/old-client-key.pem}",
        "ended the handshake \\(.+\\); does it trust the certificate in --cert\\?"
    )]
    public Task ACallerIsNotTrusted(string options, string reason) =>
        NotReachedAsync(
            "mutual",
            "{tls}",
            options,
            $"the server ({reason}|ended the connection; {LookAt}, and does it trust the certificate in --cert\\?)"
        );

    [Theory]
    [InlineData("http://{tls}", "")]
    [InlineData("{tls}", "")]
    [InlineData("{plain}", "--cacert {/ca.pem}")]
    [InlineData("{plain}", "--insecure-transport=false")]
    public Task OneSpeaksTlsAndTheOtherDoesNot(string endpoint, string options) =>
        NotReachedAsync("good", endpoint, options, $".*{LookAt}(, and does it trust the certificate in --cert)?\\?");

    /// <summary>The words of the real one, and behind them what to look at.</summary>
    [Theory]
    [InlineData("--cacert {/none.pem}")]
    [InlineData("--cacert /")]
    [InlineData("--cacert {/damaged.pem}")]
    [InlineData("--cert {/client.pem}")]
    [InlineData("--key {/client-key.pem}")]
    [InlineData("--cert {/none.pem} --key {/client-key.pem}")]
    [InlineData("--cert {/client.pem} --key {/none.pem}")]
    [InlineData("--cert / --key {/client-key.pem}")]
    [InlineData("--cert {/text.pem} --key {/client-key.pem}")]
    [InlineData("--cert {/empty.pem} --key {/client-key.pem}")]
    [InlineData("--cert {/damaged.pem} --key {/client-key.pem}")]
    [InlineData("--cert {/client.pem} --key {/text.pem}")]
    [InlineData("--cert {/client.pem} --key {/good-key.pem}")]
    [InlineData("--cert {/client.pem} --key {/client.pem}")]
    [InlineData("--cert {/client-key.pem} --key {/client-key.pem}")]
    public async Task AFileIsWrong(string options)
    {
        var (side, line) = await members.AtAsync("good", $"get a --endpoints {{tls}} {options}");
        var step = new Step(line) { WithoutEndpoint = true };
        var expected = await side.RawAsync(step, ours: false);
        var actual = await side.RawAsync(step, ours: true);
        Assert.Equal((128, ""), (expected.ExitCode, expected.Output));
        Assert.Equal((128, ""), (actual.ExitCode, actual.Output));
        Assert.StartsWith(Normal.Error(expected.Error), Normal.Error(actual.Error), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', Normal.Error(actual.Error));
    }

    private async Task NotReachedAsync(string member, string endpoint, string options, string reason)
    {
        var (side, line) = await members.AtAsync(member, $"get a --endpoints {endpoint} {options} {Quick}");
        var step = new Step(line) { WithoutEndpoint = true };
        var both = await Task.WhenAll(side.RawAsync(step, ours: false), side.RawAsync(step, ours: true));
        var (expected, actual) = (both[0], both[1]);
        Assert.Equal((expected.ExitCode, expected.Output), (actual.ExitCode, actual.Output));
        Assert.Equal("Error: context deadline exceeded", Normal.Error(expected.Error));
        Assert.Matches($"^Error: context deadline exceeded: {reason}\n$", actual.Error);
    }
}
