using System.Collections;
using EtcdSharp.Platform.Logging;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// Reads the configuration with etcd's precedence: with a configuration file, flags and variables are ignored;
/// without one, a setting is a flag or a variable, and both at once are refused.
/// </summary>
internal sealed class ConfigurationReader(FlagSet flags)
{
    private const string EnvironmentPrefix = "ETCD_";
    private const string ConfigFileVariable = "ETCD_CONFIG_FILE";
    private const string VersionVariable = "ETCD_VERSION";

    /// <summary>The variables of flags that do nothing any more.</summary>
    private static readonly HashSet<string> s_ignoredVariables = [.. FlagTable.Ignored.Select(VariableOf)];

    private readonly FlagValues _values = new(flags);
    private readonly List<ConfigurationNotice> _notices = [];

    public static ConfigurationReading Read(IReadOnlyList<string> arguments, IDictionary environment) =>
        Read(arguments, environment, FlagTable.Flags);

    /// <param name="arguments">The command line behind the program's name.</param>
    /// <param name="environment">The variables of the process.</param>
    /// <param name="flags">Those that there are.</param>
    public static ConfigurationReading Read(IReadOnlyList<string> arguments, IDictionary environment, FlagSet flags) =>
        new ConfigurationReader(flags).ReadAll(arguments, environment);

    private ConfigurationReading ReadAll(IReadOnlyList<string> arguments, IDictionary environment)
    {
        var line = CommandLine.Parse(arguments, flags);
        if (line.Error is not null)
        {
            return Refuse(line.Error, exitCode: 2);
        }

        if (line.Surplus is not null && line.Request != ConfigurationRequest.PrintHelp)
        {
            return Refuse($"\"{line.Surplus}\" is not a valid flag", exitCode: 1);
        }

        if (line.Request != ConfigurationRequest.Start)
        {
            return new ConfigurationReading(line.Request, null, null, 0, _notices);
        }

        var file = string.IsNullOrEmpty(line.ConfigFile) ? environment[ConfigFileVariable] as string : line.ConfigFile;
        var problem = string.IsNullOrEmpty(file) ? ReadFlagsAndVariables(line, environment) : ReadFile(file);
        if ((problem ?? FirstNotBuilt() ?? ConfigurationRules.FirstBroken(_values)) is { } error)
        {
            return Refuse(error, exitCode: 1);
        }

        _notices.AddRange(ConfigurationNotices.Of(_values));
        var options = MemberOptions.From(_values);
        return new ConfigurationReading(ConfigurationRequest.Start, options, null, 0, _notices);
    }

    private string? ReadFile(string file)
    {
        if (ConfigurationFile.Read(file, _values) is { } problem)
        {
            return problem;
        }

        _notices.Add(
            new ConfigurationNotice(
                Warning: false,
                "loaded server configuration, other configuration command line flags and environment variables will be ignored if provided",
                ("path", file)
            )
        );
        return null;
    }

    private string? ReadFlagsAndVariables(CommandLine line, IDictionary environment)
    {
        foreach (var (flag, text) in line.Flags)
        {
            _values.Set(flag, text, FlagSource.CommandLine);
        }

        var ignored = line.Ignored.Select(VariableOf).ToHashSet(StringComparer.Ordinal);
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in environment)
        {
            if ((string)entry.Key is var variable && variable.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
            {
                variables[variable] = (string?)entry.Value ?? "";
            }
        }

        foreach (var (name, text) in variables)
        {
            if (ReadVariable(name, text, ignored) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? ReadVariable(string name, string text, HashSet<string> ignoredFlags)
    {
        if (name == VersionVariable)
        {
            _notices.Add(
                new ConfigurationNotice(Warning: true, "cannot set special environment variable", ("key", name), ("value", text))
            );
            return null;
        }

        var flag = flags.OfVariable(name);
        if (flag is not null && _values.IsGiven(flag))
        {
            return Conflict($"{name}=\"{text}\"", $"{flag}=\"{_values.Text(flag)}\"");
        }

        if (ignoredFlags.Contains(name))
        {
            return Conflict(name, "a flag of that name");
        }

        if (text.Length == 0 || (flag is null && !s_ignoredVariables.Contains(name)))
        {
            if (name != ConfigFileVariable)
            {
                _notices.Add(
                    new ConfigurationNotice(
                        Warning: true,
                        "unrecognized environment variable",
                        ("environment-variable", $"{name}={text}")
                    )
                );
            }

            return null;
        }

        if (flag?.Check(text) is { } problem)
        {
            return $"invalid value \"{text}\" for {name}: {problem}";
        }

        if (flag is not null)
        {
            _values.Set(flag, text, FlagSource.Environment);
        }

        _notices.Add(
            new ConfigurationNotice(
                Warning: false,
                "recognized and used environment variable",
                ("variable-name", name),
                ("variable-value", text)
            )
        );
        return null;
    }

    /// <summary>etcd's words, closing brackets included, and both values.</summary>
    private static string Conflict(string variable, string flag) =>
        "conflicting environment variable is shadowed by corresponding command-line flag "
        + $"(either unset environment variable or disable flag)): {variable} and {flag}";

    private static string VariableOf(string flag) => EnvironmentPrefix + flag.ToUpperInvariant().Replace('-', '_');

    /// <summary>A feature that was asked for and is not there must stop the start: whoever asked for it relies on it.</summary>
    private string? FirstNotBuilt()
    {
        foreach (var flag in _values.Given)
        {
            var text = _values.Text(flag);
            var asked = flag.Kind switch
            {
                FlagKind.Boolean => FlagText.Switch(text),
                FlagKind.Unsigned => FlagText.Unsigned(text).ToString(System.Globalization.CultureInfo.InvariantCulture)
                    != flag.Default,
                _ => text != flag.Default,
            };
            if (flag.Support == FlagSupport.NotBuilt && asked)
            {
                var where = _values.SourceOf(flag) switch
                {
                    FlagSource.Environment => flag.EnvironmentName,
                    FlagSource.File => $"\"{flag.KeyInFile}\" in the configuration file",
                    _ => flag.ToString(),
                };
                return $"{where} asks for a feature that is not built yet ({flag.Help.TrimEnd('.')}); remove it to start without that feature";
            }
        }

        return null;
    }

    private ConfigurationReading Refuse(string error, int exitCode) =>
        new(ConfigurationRequest.Start, null, error, exitCode, _notices);
}
