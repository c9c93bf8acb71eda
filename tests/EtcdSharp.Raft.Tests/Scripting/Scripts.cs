namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>Where the scripts lie: the project's own beside the tests, the reference's in a shared folder.</summary>
internal static class Scripts
{
    public const string SharedMissing = "the reference's scripts (shared/raft-testdata) are not there";

    private const string SharedVariable = "ETCDSHARP_SHARED";

    public static string OwnFolder => Path.Combine(AppContext.BaseDirectory, "Scripts");

    public static string? SharedFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(SharedVariable) is { Length: > 0 } shared)
            {
                var folder = Path.Combine(shared, "raft-testdata");
                return Directory.Exists(folder) ? folder : null;
            }

            return FindUpwards(AppContext.BaseDirectory) ?? FindUpwards(Directory.GetCurrentDirectory());
        }
    }

    public static IEnumerable<string> In(string folder) =>
        Directory.EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <summary>Runs a script by the kind of folder it lies in; returns how many commands ran.</summary>
    public static int Run(string path) =>
        Path.GetFileName(Path.GetDirectoryName(path)) switch
        {
            "interaction" => ScriptFile.Run(path, new InteractionScript().Handle),
            "confchange" => ScriptFile.Run(path, new ConfChangeScript().Handle),
            "quorum" => ScriptFile.Run(path, QuorumScript.Handle),
            var kind => throw new InvalidDataException($"no harness for scripts of kind {kind}"),
        };

    private static string? FindUpwards(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "raft-testdata");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
