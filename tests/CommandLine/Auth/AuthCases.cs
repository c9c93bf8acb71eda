using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Auth;

/// <summary>
/// <c>auth</c>, <c>user</c> and <c>role</c>, one case after the other on a member of real etcd. Each case leaves no user
/// and no role behind, so that both programs find the same.
/// </summary>
public sealed class AuthCases(AuthMember member) : IClassFixture<AuthMember>
{
    /// <summary>3.7 shows that the role root may do all; 3.5 shows nothing.</summary>
    [Fact]
    public async Task TheRoleRootMayDoAll()
    {
        var side = await member.EtcdctlAsync();
        await side.OursAsync("role add root");
        await side.NewerAsync(
            "role get root",
            static (output, error, code) =>
                Assert.Equal(
                    ("Role root\nKV Read:\n\t[, <open ended>\nKV Write:\n\t[, <open ended>\n", "", 0),
                    (output, error, code)
                )
        );
        Assert.Equal("Role root deleted\n", (await side.OursAsync("role delete root")).Output);
    }

    [Theory]
    [InlineData("user add {p}u:pw", "user get {p}u", "user get {p}u --detail", "user list", "user delete {p}u")]
    [InlineData("user add {p}u:pw", "user get {p}u -w json", "user list -w json", "user delete {p}u -w json")]
    [InlineData("user add {p}u:pw -w fields", "user get {p}u -w fields", "user list -w fields", "user delete {p}u -w fields")]
    [InlineData("user add {p}u:pw", "user get {p}u -w protobuf", "user get {p}u -w table", "user delete {p}u")]
    [InlineData("user add {p}u --new-user-password pw:x", "user delete {p}u")]
    [InlineData("user add {p}u --no-password", "user delete {p}u")]
    [InlineData("user add {p}u:pw", "user add {p}u:pw", "user delete {p}u", "user delete {p}u")]
    [InlineData("user add :pw")]
    [InlineData("user add")]
    [InlineData("user add {p}a {p}b")]
    [InlineData("user get {p}none")]
    [InlineData("user get")]
    [InlineData("user delete")]
    [InlineData("user list {p}x")]
    [InlineData("user passwd")]
    [InlineData("user grant-role {p}u")]
    [InlineData("user revoke-role {p}u")]
    [InlineData("user grant-role {p}none {p}none")]
    [InlineData("user revoke-role {p}none {p}none")]
    public Task Users(params string[] lines) => SameAsync(lines);

    [Theory]
    [InlineData(
        "role add {p}r",
        "user add {p}u:pw",
        "user grant-role {p}u {p}r",
        "user get {p}u",
        "user get {p}u --detail",
        "user revoke-role {p}u {p}r",
        "user revoke-role {p}u {p}r",
        "user delete {p}u",
        "role delete {p}r"
    )]
    [InlineData("role add {p}r", "role add {p}r", "role list", "role get {p}r", "role delete {p}r", "role delete {p}r")]
    [InlineData("role add {p}r -w json", "role list -w json", "role get {p}r -w json", "role delete {p}r -w json")]
    [InlineData("role add {p}r -w fields", "role list -w fields", "role get {p}r -w fields", "role delete {p}r -w fields")]
    [InlineData("role add")]
    [InlineData("role delete")]
    [InlineData("role get")]
    [InlineData("role get {p}none")]
    [InlineData("role list {p}x")]
    [InlineData("role grant-permission {p}r read")]
    [InlineData("role grant-permission {p}none read key")]
    [InlineData("role grant-permission {p}none bogus key")]
    [InlineData("role revoke-permission {p}r")]
    [InlineData("role revoke-permission {p}none key")]
    public Task Roles(params string[] lines) => SameAsync(lines);

    [Theory]
    [InlineData("read key", "key")]
    [InlineData("WRITE key", "key")]
    [InlineData("readwrite key", "key")]
    [InlineData("read a c", "a c")]
    [InlineData("write a b", "a b")]
    [InlineData("readwrite abc --prefix", "abc --prefix")]
    [InlineData("read abc --from-key", "abc --from-key")]
    [InlineData("read ''", "''")]
    [InlineData("readwrite '' --prefix", "'' --prefix")]
    [InlineData("readwrite '' --from-key", "'' --from-key")]
    [InlineData("read ü --prefix", "ü --prefix")]
    public Task Permissions(string granted, string revoked) =>
        SameAsync(
            "role add {p}r",
            $"role grant-permission {{p}}r {granted}",
            "role get {p}r",
            "role get {p}r -w json",
            "role get {p}r -w fields",
            $"role revoke-permission {{p}}r {revoked}",
            $"role revoke-permission {{p}}r {revoked}",
            "role delete {p}r"
        );

    [Theory]
    [InlineData("role grant-permission {p}r read a --prefix --from-key")]
    [InlineData("role grant-permission {p}r read '' --prefix --from-key")]
    [InlineData("role grant-permission {p}r read a b --prefix")]
    [InlineData("role grant-permission {p}r read a b --from-key")]
    [InlineData("role revoke-permission {p}r a --prefix --from-key")]
    [InlineData("role revoke-permission {p}r a b --prefix")]
    public Task PermissionsThatMakeNoSense(string line) => SameAsync(line);

    [Theory]
    [InlineData("user add {p}u", "pw\npw\n", "user delete {p}u")]
    [InlineData("user add {p}u", "pw\nother\n", "user get {p}u")]
    [InlineData("user add {p}u", "\n", "user get {p}u")]
    [InlineData("user add {p}u --interactive=false", "pw\n", "user delete {p}u")]
    [InlineData("user add {p}u --interactive=false", "pw more\n", "user delete {p}u")]
    public async Task PasswordsFromStandardInput(string line, string input, string then) =>
        await (await member.EtcdctlAsync()).SameAsync([new Step(line) { Input = input }, then]);

    [Fact]
    public async Task AnotherPassword() =>
        await (await member.EtcdctlAsync()).SameAsync([
            "user add {p}u:pw",
            new Step("user passwd {p}u") { Input = "new\nnew\n" },
            new Step("user passwd {p}u --interactive=false") { Input = "newer\n" },
            new Step("user passwd {p}u") { Input = "a\nb\n" },
            "user delete {p}u",
        ]);

    [Theory]
    [InlineData("auth enable")]
    [InlineData("auth enable {p}x")]
    [InlineData("auth disable {p}x")]
    [InlineData("auth status {p}x")]
    [InlineData("auth status")]
    [InlineData("auth status -w json")]
    [InlineData("auth status -w fields")]
    [InlineData("auth disable")]
    public Task Switches(string line) => SameAsync(line);

    /// <summary>Authentication on, the refusals that go with it, and off again.</summary>
    [Fact]
    public Task WithAuthenticationOn() =>
        SameAsync(
            "user add root:pw",
            "auth enable",
            "auth enable",
            "--user root:pw auth status",
            "--user root:pw user get root",
            "get {p}key",
            "--user root:bad get {p}key",
            "--user root --password pw put {p}key value",
            "--user root:pw get {p}key",
            "--user root:pw user add {p}u:pw2",
            "--user root:pw role add {p}r",
            "--user root:pw role grant-permission {p}r read {p}open --prefix",
            "--user root:pw user grant-role {p}u {p}r",
            "--user {p}u:pw2 get {p}open1",
            "--user {p}u:pw2 get {p}key",
            "--user {p}u:pw2 put {p}open1 x",
            "--user {p}u:pw2 role list",
            "--user {p}u:pw2 auth disable",
            "--user root:pw user delete {p}u",
            "--user root:pw role delete {p}r",
            "--user root:pw del {p} --prefix",
            "--user root:pw auth disable",
            "user delete root",
            "role delete root"
        );

    private async Task SameAsync(params string[] lines) =>
        await (await member.EtcdctlAsync()).SameAsync([.. lines.Select(static line => (Step)line)]);
}
