using System.ComponentModel;
using System.Diagnostics;
using EtcdSharp.Harness;

namespace EtcdSharp.Compare;

/// <summary>Runs the load generator as a program of its own, so that its memory and its CPU are not ours.</summary>
internal static class LoadGenerator
{
    private static readonly string Program = Path.Combine(
        Programs.RepositoryRoot,
        "artifacts",
        "bin",
        "EtcdSharp.Bench",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "etcd-bench"
    );

    public static Task<LoadReport> RunAsync(EtcdServer server, string scenario, params string[] arguments) =>
        RunAsync(LoadTarget.Of(server), scenario, arguments);

    public static async Task<LoadReport> RunAsync(LoadTarget target, string scenario, params string[] arguments)
    {
        var file = Path.GetTempFileName();
        var start = new ProcessStartInfo(Program)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[scenario, "--quiet", "--endpoints", target.Endpoints, "--json", file, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start) ?? throw new Win32Exception($"{Program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"etcd-bench {scenario} ended with {process.ExitCode}:\n{await output}\n{await errors}\n{target.Output}"
            );
        }
        var report = LoadReport.Read(file);
        File.Delete(file);
        return report;
    }
}
