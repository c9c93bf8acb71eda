using System.ComponentModel;
using System.Diagnostics;

namespace EtcdSharp.Harness;

/// <summary>
/// Small libraries in C that stand between a program and the kernel (LD_PRELOAD), for our programs alone: real etcd calls
/// the kernel directly, where nothing can be put in between.
/// </summary>
public static class PreloadedLibrary
{
    private const string Compiler = "/usr/bin/gcc";

    /// <summary>Why there is none here; null where there is.</summary>
    public static string? WhyNot => File.Exists(Compiler) ? null : "a slow or failing disk needs gcc";

    /// <summary>Compiles <c>NAME.c</c> of this project into a folder; the library's path.</summary>
    public static async Task<string> BuildAsync(string name, string folder)
    {
        var library = Path.Combine(folder, name + ".so");
        var source = Path.Combine(AppContext.BaseDirectory, name + ".c");
        string[] arguments = ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"];
        using var compiler =
            Process.Start(new ProcessStartInfo(Compiler, arguments) { UseShellExecute = false })
            ?? throw new Win32Exception("gcc did not start");
        await compiler.WaitForExitAsync();
        return compiler.ExitCode == 0 ? library : throw new InvalidOperationException($"gcc does not compile {source}");
    }
}
