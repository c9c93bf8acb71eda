namespace EtcdSharp.Server.Configuration;

/// <summary>One flag: its name on the command line, in the environment (<c>ETCD_</c>, upper case, underscores) and in the file.</summary>
/// <param name="Section">The heading under which <c>--help</c> lists the flag.</param>
/// <param name="FileKey">The key in the configuration file where it differs from the name; <c>outer/inner</c> for nested ones, empty when the file has none.</param>
internal sealed record FlagDefinition(
    string Section,
    string Name,
    FlagKind Kind,
    string Default,
    string Help,
    FlagSupport Support = FlagSupport.Built,
    string? FileKey = null
)
{
    public string EnvironmentName { get; } = "ETCD_" + Name.ToUpperInvariant().Replace('-', '_');

    public string KeyInFile => FileKey ?? Name;

    /// <summary>The error for a text this flag cannot hold, or null when it can.</summary>
    public string? Check(string text) =>
        Kind switch
        {
            FlagKind.Boolean => TryParseBoolean(text, out _) ? null : "parse error",
            FlagKind.Unsigned => ulong.TryParse(text, out _) ? null : "parse error",
            FlagKind.Integer => long.TryParse(text, out _) ? null : "parse error",
            FlagKind.Duration => GoDuration.TryParse(text, out _) ? null : "parse error",
            FlagKind.Urls => EtcdUrl.CheckList(text),
            _ => null,
        };

    public static bool TryParseBoolean(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }
}
