namespace EtcdSharp.Tidy;

/// <summary>
/// Tests that need more than the SDK skip themselves where it is absent. Where nothing may be skipped
/// (ETCDSHARP_REQUIRE_ALL=1, as in .ci/run), its absence is a failure here.
/// </summary>
public sealed class RequiredProgramsTests
{
    [Theory]
    [InlineData("etcd")]
    [InlineData("etcdctl")]
    [InlineData("etcdutl")]
    public void RealEtcdIsUnpacked(string program)
    {
        RequireAll();
        var path = Path.Combine(Repository.Root, "artifacts", "real-etcd", "usr", "bin", program);
        Assert.True(File.Exists(path), $"{path} is missing: run scripts/fetch-real-etcd");
    }

    [Theory]
    [InlineData("node")]
    [InlineData("npm")]
    [InlineData("gcc")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void OtherProgramsAreInstalled(string program)
    {
        RequireAll();
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.True(folders.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not on the PATH");
    }

    private static void RequireAll() =>
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("ETCDSHARP_REQUIRE_ALL") is "1",
            "what is missing here is skipped by the tests that need it"
        );
}
