namespace EtcdSharp.Harness;

/// <summary>Where the programs under test are.</summary>
public static class Programs
{
#if DEBUG
    private const string Configuration = "debug";
#else
    private const string Configuration = "release";
#endif

    /// <summary>The folder that holds EtcdSharp.slnx.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The real etcd, or null where it was not fetched (scripts/fetch-real-etcd).</summary>
    public static string? RealEtcd { get; } = Find("ETCDSHARP_REAL_ETCD", "etcd");

    public static string? RealEtcdctl { get; } = Find("ETCDSHARP_REAL_ETCDCTL", "etcdctl");

    public static string? RealEtcdutl { get; } = Find("ETCDSHARP_REAL_ETCDUTL", "etcdutl");

    /// <summary>The last patch release of etcd 3.6 or so, where a variable names it; not needed by any run.</summary>
    public static string? RealEtcd36 { get; } = Named("ETCDSHARP_REAL_ETCD36");

    /// <summary>As above, of etcd 3.7.</summary>
    public static string? RealEtcd37 { get; } = Named("ETCDSHARP_REAL_ETCD37");

    /// <summary>Our etcd in the build configuration of the caller.</summary>
    public static string OurEtcd { get; } = Ours("ETCDSHARP_OUR_ETCD", "etcd");

    /// <summary>Our etcdctl in the build configuration of the caller.</summary>
    public static string OurEtcdctl { get; } = Ours("ETCDSHARP_OUR_ETCDCTL", "etcdctl");

    /// <summary>Our etcdutl in the build configuration of the caller.</summary>
    public static string OurEtcdutl { get; } = Ours("ETCDSHARP_OUR_ETCDUTL", "etcdutl");

    /// <summary>Why a program is missing, for the message of a skipped test.</summary>
    public const string HowToGetRealEtcd = "real etcd is not here: run scripts/fetch-real-etcd or set ETCDSHARP_REAL_ETCD";

    /// <summary>Why a test of another release is skipped.</summary>
    public const string HowToNameOtherReleases =
        "etcd of this release is not here: set ETCDSHARP_REAL_ETCD36 or ETCDSHARP_REAL_ETCD37 to the program";

    private static string? Named(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path && File.Exists(path) ? path : null;

    private static string Ours(string variable, string program) =>
        Environment.GetEnvironmentVariable(variable)
        ?? Path.Combine(RepositoryRoot, "artifacts", "bin", program, Configuration, program);

    private static string? Find(string variable, string program)
    {
        var beside = Environment.GetEnvironmentVariable("ETCDSHARP_REAL_ETCD") is { Length: > 0 } etcd
            ? Path.Combine(Directory.Exists(etcd) ? etcd : Path.GetDirectoryName(etcd)!, program)
            : null;
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable(variable),
            beside,
            Path.Combine(RepositoryRoot, "artifacts", "real-etcd", "usr", "bin", program),
        ];
        return Array.Find(candidates, static path => path is not null && File.Exists(path));
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "EtcdSharp.slnx")))
            {
                return folder;
            }
        }
        throw new DirectoryNotFoundException($"EtcdSharp.slnx is in no folder above {AppContext.BaseDirectory}");
    }
}
