namespace EtcdSharp.Server.Configuration;

/// <summary>The rules of the flags that say where and how the log is written.</summary>
internal static class LogRules
{
    private const string DefaultOutput = "default";
    private const string FileUrl = "file:///";

    public static string? Logger(string text) =>
        text switch
        {
            "zap" => null,
            "capnslog" => "--logger=capnslog is removed in v3.5",
            _ => $"unknown logger option \"{text}\"",
        };

    public static string? Outputs(string text)
    {
        var outputs = text.Split(',');
        return outputs.Contains("", StringComparer.Ordinal) ? $"--log-outputs=\"{text}\" names an output that is empty"
            : outputs.Length > 1 && outputs.Contains(DefaultOutput, StringComparer.Ordinal)
                ? $"multi logoutput for \"{DefaultOutput}\" is not supported yet"
            : text.Contains('\0', StringComparison.Ordinal) ? "--log-outputs names a file with a zero byte in its name"
            : outputs.FirstOrDefault(IsNoFile) is { } noFile
                ? $"--log-outputs: \"{noFile}\" is no file; a file whose first folder or name has a colon begins with ./ or /"
            : null;
    }

    /// <summary>The outputs of a text, files by their paths.</summary>
    public static IReadOnlyList<string> OutputsOf(string text) =>
        [
            .. FlagText
                .Words(text)
                .Select(output => output.StartsWith(FileUrl, StringComparison.Ordinal) ? output["file://".Length..] : output),
        ];

    public static string? Level(string text) =>
        text.ToLowerInvariant() is "" or "debug" or "info" or "warn" or "error" or "dpanic" or "panic" or "fatal"
            ? null
            : $"--log-level must be one of debug, info, warn, error, dpanic, panic, fatal (set to \"{text}\")";

    public static string? Format(string text) =>
        text is "json" or "console" or "" ? null : $"unknown log format: {text}, supported values json, console";

    /// <summary>What looks like a URL, other than one of a file.</summary>
    private static bool IsNoFile(string output) =>
        !output.StartsWith(FileUrl, StringComparison.Ordinal) && output.Split('/')[0].Contains(':', StringComparison.Ordinal);
}
