namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>Reference files that stand beside a checkout, not in it.</summary>
internal static class SharedFile
{
    /// <summary>The path of one; the test is skipped where there is none.</summary>
    public static string Find(string relative)
    {
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable("ETCDSHARP_SHARED") is { Length: > 0 } named)
        {
            folders.Add(named);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            folders.Add(Path.Combine(folder.FullName, "shared"));
        }

        var found = folders.Select(folder => Path.Combine(folder, relative)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"the reference file {relative} is not beside this checkout (set ETCDSHARP_SHARED)");
        return found;
    }
}
