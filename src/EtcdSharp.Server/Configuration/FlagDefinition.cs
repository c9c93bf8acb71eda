using System.Globalization;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>One flag: its name on the command line, in the environment (<c>ETCD_</c>, upper case, underscores) and in the file.</summary>
/// <param name="Section">The heading under which <c>--help</c> lists the flag.</param>
/// <param name="FileKey">The key in the configuration file where it differs from the name; <c>outer/inner</c> for nested ones, empty when the file has none.</param>
/// <param name="Choices">The words that a flag of the kinds Choice and Choices takes.</param>
internal sealed record FlagDefinition(
    string Section,
    string Name,
    FlagKind Kind,
    string Default,
    string Help,
    FlagSupport Support = FlagSupport.Built,
    string? FileKey = null,
    IReadOnlyList<string>? Choices = null
)
{
    private const string Unlisted = "invalid value";

    public string EnvironmentName { get; } = "ETCD_" + Name.ToUpperInvariant().Replace('-', '_');

    public string KeyInFile => FileKey ?? Name;

    /// <summary>The error for a text this flag cannot hold, or null when it can.</summary>
    public string? Check(string text) =>
        Kind switch
        {
            FlagKind.Boolean => TryParseBoolean(text, out _) ? null : GoNumber.ParseError,
            FlagKind.Unsigned => GoNumber.ParseUnsigned(text, 64, out _),
            FlagKind.Unsigned32 => GoNumber.ParseUnsigned(text, 32, out _) switch
            {
                null => null,
                GoNumber.OutOfRange => $"strconv.ParseUint: parsing \"{text}\": value out of range",
                _ => $"strconv.ParseUint: parsing \"{text}\": invalid syntax",
            },
            FlagKind.Integer => GoNumber.ParseSigned(text, out _),
            FlagKind.Duration => GoDuration.TryParse(text, out _) ? null : GoNumber.ParseError,
            FlagKind.Urls when text.Length == 0 => null,
            FlagKind.Origins when text == "*" => null,
            FlagKind.Urls or FlagKind.Origins when text.Split(',').Any(string.IsNullOrWhiteSpace) =>
                $"URL scheme must be http, https, unix, or unixs: (\"{text}\" has an empty place)",
            FlagKind.Urls or FlagKind.Origins => EtcdUrl.CheckList(text),
            FlagKind.Choice => Choices!.Contains(text, StringComparer.Ordinal) ? null : Unlisted,
            FlagKind.Choices => text.Split(',').FirstOrDefault(word => !Choices!.Contains(word, StringComparer.Ordinal))
                is { } word
                ? $"{Unlisted} \"{word}\""
                : null,
            FlagKind.FeatureGates => FeatureGates.CheckSyntax(text),
            _ => null,
        };

    /// <summary>What a program says that was given such a text on its command line.</summary>
    public string Refusal(string text, string problem) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"invalid {(Kind == FlagKind.Boolean ? "boolean " : "")}value \"{text}\" for {(Kind == FlagKind.Boolean ? "" : "flag ")}-{Name}: {problem}"
        );

    public static bool TryParseBoolean(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }
}
