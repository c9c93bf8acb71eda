namespace EtcdSharp.Harness;

/// <summary>A disk that works until it is told to fail: one call, on files whose path ends in a given way.</summary>
public sealed class FailingDisk
{
    private readonly string _switch;

    private FailingDisk(string library, string call, string file, string folder)
    {
        _switch = Path.Combine(folder, "fail");
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = library,
            ["FAIL_CALL"] = call,
            ["FAIL_FILE"] = file,
            ["FAIL_SWITCH"] = _switch,
        };
    }

    /// <summary>Why there is none here; null where there is.</summary>
    public static string? WhyNot => PreloadedLibrary.WhyNot;

    /// <summary>What puts a program on this disk.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <param name="call"><c>fdatasync</c> or <c>pwrite</c>.</param>
    /// <param name="file">How the path of the files ends.</param>
    /// <param name="folder">Where the library and the switch are kept.</param>
    public static async Task<FailingDisk> BuildAsync(string call, string file, string folder) =>
        new(await PreloadedLibrary.BuildAsync("failing-disk", folder), call, file, folder);

    public void Fail() => File.WriteAllText(_switch, "");
}
