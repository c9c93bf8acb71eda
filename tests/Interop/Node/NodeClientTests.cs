using System.ComponentModel;
using System.Diagnostics;

namespace EtcdSharp.Interop.Node;

/// <summary>The Node client etcd3 as it comes from its registry, against both servers: what suite.mjs does.</summary>
public sealed class NodeClientTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly Lazy<Task<string?>> Installed = new(InstallAsync);

    private static string SourceFolder => Path.Combine(Programs.RepositoryRoot, "tests", "Interop", "Node");

    private static string InstallFolder => Path.Combine(Programs.RepositoryRoot, "artifacts", "interop-node");

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task TheWholeSuite(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        if (await Installed.Value is { } why)
        {
            Assert.Skip(why);
        }

        using var scratch = new ScratchDirectory();
        var options = new ServerOptions(DataDirectory: scratch.Path, ClientPort: FreePort.Next());
        var server = await EtcdServer.StartAsync(kind, options);
        try
        {
            using var suite = Launch("node", ["suite.mjs", server.Address.Authority], InstallFolder);
            var errors = suite.StandardError.ReadToEndAsync();
            List<string> lines = [];
            while (await suite.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                output.WriteLine(line);
                lines.Add(line);
                if (line == "restart")
                {
                    await server.KillAsync();
                    await server.DisposeAsync();
                    server = await EtcdServer.StartAsync(kind, options);
                    await suite.StandardInput.WriteLineAsync("restarted");
                }
            }
            await suite.WaitForExitAsync();
            Assert.DoesNotContain(lines, line => line.StartsWith("not ok", StringComparison.Ordinal));
            Assert.True(lines.Count > 0 && lines[^1].StartsWith("done ", StringComparison.Ordinal), await errors);
            Assert.Equal(0, suite.ExitCode);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Null when the client is there, else why not.</summary>
    private static async Task<string?> InstallAsync()
    {
        Directory.CreateDirectory(InstallFolder);
        foreach (var name in new[] { "package.json", "suite.mjs" })
        {
            File.Copy(Path.Combine(SourceFolder, name), Path.Combine(InstallFolder, name), overwrite: true);
        }
        try
        {
            using var version = Launch("node", ["--version"], InstallFolder);
            await version.WaitForExitAsync();
            if (Directory.Exists(Path.Combine(InstallFolder, "node_modules", "etcd3")))
            {
                return null;
            }
            using var npm = Launch("npm", ["install", "--no-package-lock", "--no-audit", "--no-fund"], InstallFolder);
            var errors = npm.StandardError.ReadToEndAsync();
            await npm.WaitForExitAsync().WaitAsync(Patience);
            return npm.ExitCode == 0 ? null : $"npm could not install etcd3: {await errors}";
        }
        catch (Win32Exception absent)
        {
            return $"Node and npm are needed: {absent.Message}";
        }
        catch (TimeoutException)
        {
            return $"npm did not install etcd3 within {Patience}";
        }
    }

    private static Process Launch(string program, string[] arguments, string folder) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        ) ?? throw new Win32Exception($"{program} did not start");
}
