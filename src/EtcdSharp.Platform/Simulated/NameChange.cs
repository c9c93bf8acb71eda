using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Simulated;

/// <summary>A creation, renaming or deletion; one that has nothing to act on any more has no effect.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NameChange(DiskOperationKind Kind, string From, string To, MemoryFile? File)
{
    public void Apply(Dictionary<string, MemoryFile> files, HashSet<string> directories)
    {
        switch (Kind)
        {
            case DiskOperationKind.Create:
                files[To] = File!;
                break;
            case DiskOperationKind.CreateDirectory:
                directories.Add(To);
                break;
            case DiskOperationKind.Delete:
                Remove(files, directories, From);
                break;
            case DiskOperationKind.Rename:
                Move(files, directories);
                break;
            default:
                throw new InvalidOperationException($"{Kind} changes no name");
        }
    }

    private static bool IsBelow(string name, string directory) => name.StartsWith(directory + "/", StringComparison.Ordinal);

    private static void Remove(Dictionary<string, MemoryFile> files, HashSet<string> directories, string name)
    {
        files.Remove(name);
        if (directories.Remove(name))
        {
            directories.RemoveWhere(directory => IsBelow(directory, name));
            foreach (string below in files.Keys.Where(file => IsBelow(file, name)).ToList())
            {
                files.Remove(below);
            }
        }
    }

    private void Move(Dictionary<string, MemoryFile> files, HashSet<string> directories)
    {
        if (files.Remove(From, out MemoryFile? file))
        {
            files[To] = file;
            return;
        }

        if (!directories.Remove(From))
        {
            return;
        }

        string source = From;
        directories.Add(To);
        foreach (string directory in directories.Where(name => IsBelow(name, source)).ToList())
        {
            directories.Remove(directory);
            directories.Add(To + directory[From.Length..]);
        }

        foreach (string below in files.Keys.Where(name => IsBelow(name, source)).ToList())
        {
            files.Remove(below, out MemoryFile? moved);
            files[To + below[From.Length..]] = moved!;
        }
    }
}
