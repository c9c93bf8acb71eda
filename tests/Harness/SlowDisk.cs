using System.ComponentModel;
using System.Diagnostics;

namespace EtcdSharp.Harness;

/// <summary>
/// The library that makes syncs slow, for our programs alone: real etcd calls the kernel directly, where nothing can be
/// put in between.
/// </summary>
public static class SlowDisk
{
    private const string Compiler = "/usr/bin/gcc";

    /// <summary>Why there is none here; null where there is.</summary>
    public static string? WhyNot => File.Exists(Compiler) ? null : "a slow disk needs gcc";

    /// <summary>Compiles the library into a folder; its path, for LD_PRELOAD.</summary>
    public static async Task<string> BuildAsync(string folder)
    {
        var library = Path.Combine(folder, "slow-sync.so");
        var source = Path.Combine(AppContext.BaseDirectory, "slow-sync.c");
        string[] arguments = ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"];
        using var compiler =
            Process.Start(new ProcessStartInfo(Compiler, arguments) { UseShellExecute = false })
            ?? throw new Win32Exception("gcc did not start");
        await compiler.WaitForExitAsync();
        return compiler.ExitCode == 0 ? library : throw new InvalidOperationException($"gcc does not compile {source}");
    }
}
