using System.ComponentModel;
using System.Diagnostics;

namespace EtcdSharp.Interop.Go;

/// <summary>
/// The Go client of etcd with its recipes, as Debian packages its source (3.4), against both servers: what the
/// program in suite/ does.
/// </summary>
public sealed class GoClientTests(ITestOutputHelper output)
{
    private const string PackagedSource = "/usr/share/gocode";

    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly Lazy<Task<string?>> Built = new(BuildAsync);

    private static string BuildFolder => Path.Combine(Programs.RepositoryRoot, "artifacts", "interop-go");

    private static string Suite => Path.Combine(BuildFolder, "suite");

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task TheWholeSuite(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        if (await Built.Value is { } why)
        {
            Assert.Skip(why);
        }

        using var scratch = new ScratchDirectory();
        await using var server = await EtcdServer.StartAsync(
            kind,
            new ServerOptions(DataDirectory: scratch.Path, ClientPort: FreePort.Next())
        );
        using var suite = Launch(Suite, [server.Address.Authority]);
        var errors = suite.StandardError.ReadToEndAsync();
        List<string> lines = [];
        while (await suite.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            output.WriteLine(line);
            lines.Add(line);
        }
        await suite.WaitForExitAsync();
        Assert.DoesNotContain(lines, line => line.StartsWith("not ok", StringComparison.Ordinal));
        Assert.True(lines.Count > 0 && lines[^1].StartsWith("done ", StringComparison.Ordinal), await errors);
        Assert.Equal(0, suite.ExitCode);
    }

    /// <summary>Null when the program is there, else why not.</summary>
    private static async Task<string?> BuildAsync()
    {
        if (!Directory.Exists(Path.Combine(PackagedSource, "src", "go.etcd.io", "etcd", "clientv3")))
        {
            return "the source of the Go client is needed: apt-get install golang-go golang-etcd-server-dev";
        }

        Directory.CreateDirectory(BuildFolder);
        try
        {
            using var build = Launch("go", ["build", "-o", Suite, "."]);
            var errors = build.StandardError.ReadToEndAsync();
            await build.WaitForExitAsync().WaitAsync(BuildPatience);
            if (build.ExitCode != 0)
            {
                throw new InvalidOperationException($"the suite does not compile: {await errors}");
            }
            return null;
        }
        catch (Win32Exception absent)
        {
            return $"the Go compiler is needed: {absent.Message}";
        }
    }

    private static Process Launch(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.Combine(Programs.RepositoryRoot, "tests", "Interop", "Go", "suite"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = PackagedSource;
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOCACHE"] = Path.Combine(BuildFolder, "cache");
        return Process.Start(start) ?? throw new Win32Exception($"{program} did not start");
    }
}
