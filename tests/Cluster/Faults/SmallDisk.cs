using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Cluster.Faults;

/// <summary>A disk in memory for one member, which can be filled to the last byte. Only root may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    /// <summary>Two log segments of 64 MB, and some for the store.</summary>
    private const int Megabytes = 160;

    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Null with the reason where none can be had.</summary>
    public static SmallDisk? TryCreate(out string? whyNot)
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-disk-").FullName;
        var problem = Run(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m"),
            "tmpfs",
            folder
        );
        whyNot = problem is null ? null : $"a small disk cannot be mounted (not root?): {problem}";
        if (problem is null)
        {
            return new SmallDisk(folder);
        }

        Directory.Delete(folder);
        return null;
    }

    /// <summary>Puts the member's files there; before its first start.</summary>
    public void Take(ClusterMember member) => member.DataDirectory = Path.Combine(_folder, "data");

    public bool Holds(ClusterMember member) => member.DataDirectory.StartsWith(_folder, StringComparison.Ordinal);

    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var piece = new byte[64 * 1024];
        for (var size = piece.Length; size > 0; )
        {
            try
            {
                file.Write(piece, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        if (Run("umount", "-l", _folder) is { } problem)
        {
            throw new IOException($"{_folder} cannot be unmounted: {problem}");
        }

        Directory.Delete(_folder);
    }

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
            )!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : errors.Trim();
        }
        catch (Win32Exception failure)
        {
            return failure.Message;
        }
    }
}
