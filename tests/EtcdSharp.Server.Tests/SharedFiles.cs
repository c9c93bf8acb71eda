namespace EtcdSharp.Server.Tests;

/// <summary>Reference files that lie beside a checkout, in <c>shared</c>, or where ETCDSHARP_SHARED says.</summary>
internal static class SharedFiles
{
    /// <summary>The path of a reference file; the test is skipped where there is none.</summary>
    public static string Find(string relative)
    {
        var candidates = new List<string>();
        if (Environment.GetEnvironmentVariable("ETCDSHARP_SHARED") is { Length: > 0 } named)
        {
            candidates.Add(named);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            candidates.Add(Path.Combine(folder.FullName, "shared"));
        }

        var found = candidates.Select(folder => Path.Combine(folder, relative)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"the reference file {relative} is not beside this checkout (set ETCDSHARP_SHARED)");
        return found!;
    }
}
