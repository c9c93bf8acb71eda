namespace EtcdSharp.Harness;

/// <summary>The library that makes syncs slow.</summary>
public static class SlowDisk
{
    /// <summary>Why there is none here; null where there is.</summary>
    public static string? WhyNot => PreloadedLibrary.WhyNot;

    /// <summary>Compiles the library into a folder; its path, for LD_PRELOAD.</summary>
    public static Task<string> BuildAsync(string folder) => PreloadedLibrary.BuildAsync("slow-sync", folder);
}
