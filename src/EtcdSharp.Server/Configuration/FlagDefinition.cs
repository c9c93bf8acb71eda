using System.Globalization;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// One flag: everything that is known of it, on the command line, in the environment (<c>ETCD_</c>, upper case, underscores) and
/// in the file. See <see cref="FlagTable"/> for how one is added.
/// </summary>
internal abstract class FlagDefinition
{
    private const string Unlisted = "invalid value";

    protected FlagDefinition(FlagSection section, string name, FlagKind kind, string defaultText, string help, string option)
    {
        Section = section;
        Name = name;
        EnvironmentName = "ETCD_" + name.ToUpperInvariant().Replace('-', '_');
        Kind = kind;
        Default = defaultText;
        Help = help;
        Option = option;
        section.Join(this);
    }

    public FlagSection Section { get; }

    public string Name { get; }

    public string EnvironmentName { get; }

    public FlagKind Kind { get; }

    /// <summary>The text that stands where none is given.</summary>
    public string Default { get; }

    public string Help { get; }

    /// <summary>The row's own name, under which its value lies in <see cref="MemberOptions"/>.</summary>
    public string Option { get; }

    public FlagSupport Support { get; init; }

    /// <summary>The first release of etcd with the flag: 3.5 for all that are older; empty for those of EtcdSharp alone.</summary>
    public string Since { get; init; } = "3.5";

    public FlagStatus Status { get; init; }

    /// <summary>What a start says that names a deprecated flag, in etcd's words; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>The name that etcd had for the flag before, and takes until release 3.6; null for none.</summary>
    public string? FormerName { get; init; }

    /// <summary>Whether a running member can take another value.</summary>
    public bool ChangesWhileRunning { get; init; }

    /// <summary>The key in the configuration file: the name where nothing else is said, <c>outer/inner</c> for nested ones, empty for none.</summary>
    public string KeyInFile
    {
        get => field ?? Name;
        init;
    }

    /// <summary>A text that counts as no text where the file has it; null for none.</summary>
    public string? AbsentInFile { get; init; }

    /// <summary>The words that a flag of the kinds Choice and Choices takes.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>
    /// What is wrong with a text that has the form of its kind, or null: asked once all texts are known, before anything is started.
    /// What concerns two flags is in <see cref="ConfigurationRules"/>.
    /// </summary>
    public Func<string, string?>? Rule { get; init; }

    /// <summary>The value that a checked text stands for.</summary>
    public abstract object? ValueOf(string text);

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
            FlagKind.Choice => Choices.Contains(text, StringComparer.Ordinal) ? null : Unlisted,
            FlagKind.Choices => text.Split(',').FirstOrDefault(word => !Choices.Contains(word, StringComparer.Ordinal))
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

    public override string ToString() => "--" + Name;

    public static bool TryParseBoolean(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }
}
