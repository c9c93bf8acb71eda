using System.Diagnostics;

namespace EtcdSharp.Interop.Operation;

/// <summary>A file system in memory of a given size, which a program can fill up. Mounting one takes root.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private readonly string[] _unmount;

    private SmallFileSystem(string path, string[] unmount)
    {
        Path = path;
        _unmount = unmount;
    }

    public string Path { get; }

    /// <summary>Null where this user may not mount.</summary>
    public static SmallFileSystem? TryMount(int megabytes)
    {
        var path = Directory.CreateTempSubdirectory("etcdsharp-full-").FullName;
        foreach (string[] asRoot in new[] { Array.Empty<string>(), ["sudo", "-n"] })
        {
            if (Run([.. asRoot, "mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=1777", "tmpfs", path]))
            {
                return new SmallFileSystem(path, [.. asRoot, "umount", path]);
            }
        }

        Directory.Delete(path);
        return null;
    }

    public void Dispose()
    {
        Assert.True(Run(_unmount), $"{Path} could not be unmounted");
        Directory.Delete(Path);
    }

    private static bool Run(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
