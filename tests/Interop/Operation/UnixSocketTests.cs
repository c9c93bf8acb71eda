using System.Diagnostics;

namespace EtcdSharp.Interop.Operation;

/// <summary>Clients over socket files, in both of etcd's ways of naming them, with both command line programs.</summary>
public sealed class UnixSocketTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("etcdsharp-unix-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ServerKind.Ours)]
    [InlineData(ServerKind.Real)]
    public async Task ClientsCallOverSocketFiles(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var absolute = Path.Combine(_folder, "client.sock");
        await using var server = EtcdServer.Launch(
            kind,
            new ServerOptions
            {
                WorkingDirectory = _folder,
                // Of a flag that is given twice the last counts, with both servers: the addresses of the harness are not used.
                Arguments =
                [
                    "--listen-client-urls",
                    $"unix://localhost:12379,unix://{absolute}",
                    "--advertise-client-urls",
                    "unix://localhost:12379",
                ],
            }
        );
        string?[] programs = [Programs.OurEtcdctl, Programs.RealEtcdctl];
        foreach (var program in programs.OfType<string>())
        {
            foreach (var endpoint in new[] { "unix://localhost:12379", "unix:localhost:12379", $"unix://{absolute}" })
            {
                await UntilServedAsync(program, endpoint);
                Assert.Equal("OK\n", await RunAsync(program, endpoint, "put", "k", endpoint));
                Assert.Equal($"k\n{endpoint}\n", await RunAsync(program, endpoint, "get", "k"));
            }

            var members = await RunAsync(program, "unix://localhost:12379", "member", "list");
            Assert.Contains("unix://localhost:12379", members, StringComparison.Ordinal);
            var status = await RunAsync(program, "unix://localhost:12379", "endpoint", "status", "--cluster");
            Assert.Contains("unix://localhost:12379", status, StringComparison.Ordinal);
        }

        // etcd gives the files back and then ends itself by the signal that it got.
        Assert.Equal(kind == ServerKind.Ours ? 0 : 143, await server.StopAsync());
        Assert.False(File.Exists(absolute), "the socket file outlives its member");
        Assert.False(File.Exists(Path.Combine(_folder, "localhost:12379")), "the socket file outlives its member");
    }

    private async Task UntilServedAsync(string program, string endpoint)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var (code, _, errors) = await FinishAsync(program, endpoint, "get", "nothing");
            if (code == 0)
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, $"{program} at {endpoint}: {errors}");
        }
    }

    private async Task<string> RunAsync(string program, string endpoint, params string[] arguments)
    {
        var (code, output, errors) = await FinishAsync(program, endpoint, arguments);
        Assert.True(code == 0, $"{program} --endpoints {endpoint} {string.Join(' ', arguments)} ended with {code}: {errors}");
        return output;
    }

    private async Task<(int Code, string Output, string Errors)> FinishAsync(
        string program,
        string endpoint,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        foreach (var argument in (string[])["--endpoints", endpoint, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(s_patience);
        return (process.ExitCode, await output, await errors);
    }
}
