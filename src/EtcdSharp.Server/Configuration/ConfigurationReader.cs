using System.Collections;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// Reads the configuration with etcd's precedence: with a configuration file, flags and variables are ignored;
/// without one, a flag goes before its variable and a variable before the default.
/// </summary>
internal sealed class ConfigurationReader
{
    private const string EnvironmentPrefix = "ETCD_";
    private const string ConfigFileVariable = "ETCD_CONFIG_FILE";

    /// <summary>Variables with etcd's prefix that are not flags: the file, and etcdctl's own.</summary>
    private static readonly HashSet<string> s_otherVariables = [ConfigFileVariable, "ETCD_VERSION"];

    private readonly FlagValues _values = new();
    private readonly List<ConfigurationNotice> _notices = [];

    public static ConfigurationReading Read(IReadOnlyList<string> arguments, IDictionary environment) =>
        new ConfigurationReader().ReadAll(arguments, environment);

    private ConfigurationReading ReadAll(IReadOnlyList<string> arguments, IDictionary environment)
    {
        var line = CommandLine.Parse(arguments);
        if (line.Error is not null)
        {
            return Refuse(line.Error, exitCode: 2);
        }

        if (line.Request != ConfigurationRequest.Start)
        {
            return new ConfigurationReading(line.Request, null, null, 0, _notices);
        }

        var file = line.ConfigFile ?? environment[ConfigFileVariable] as string;
        if (!string.IsNullOrEmpty(file))
        {
            if (ConfigurationFile.Read(file, _values) is { } fileError)
            {
                return Refuse(fileError, exitCode: 1);
            }

            _notices.Add(
                new ConfigurationNotice(
                    Warning: false,
                    "loaded server configuration, other configuration command line flags and environment variables will be ignored if provided",
                    ("path", file)
                )
            );
        }
        else
        {
            foreach (var (flag, text) in line.Flags)
            {
                _values.Set(flag, text, FlagSource.CommandLine);
            }

            if (ReadEnvironment(environment) is { } environmentError)
            {
                return Refuse(environmentError, exitCode: 1);
            }
        }

        if (FirstNotBuilt() is { } notBuilt)
        {
            return Refuse(notBuilt, exitCode: 1);
        }

        var configuration = EtcdConfiguration.From(_values, _notices, out var error);
        return error is null
            ? new ConfigurationReading(ConfigurationRequest.Start, configuration, null, 0, _notices)
            : Refuse(error, exitCode: 1);
    }

    private string? ReadEnvironment(IDictionary environment)
    {
        var byVariable = FlagTable.All.ToDictionary(flag => flag.EnvironmentName, StringComparer.Ordinal);
        foreach (DictionaryEntry entry in environment)
        {
            var (name, text) = ((string)entry.Key, (string?)entry.Value ?? "");
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || s_otherVariables.Contains(name))
            {
                continue;
            }

            if (!byVariable.TryGetValue(name, out var flag))
            {
                _notices.Add(
                    new ConfigurationNotice(
                        Warning: true,
                        "unrecognized environment variable",
                        ("environment-variable", $"{name}={text}")
                    )
                );
            }
            else if (_values.IsGiven(flag.Name))
            {
                _notices.Add(
                    new ConfigurationNotice(
                        Warning: true,
                        "recognized environment variable, but unused: shadowed by corresponding flag",
                        ("environment-variable", name)
                    )
                );
            }
            else if (text.Length > 0)
            {
                if (flag.Check(text) is { } error)
                {
                    return $"invalid value \"{text}\" for {name}: {error}";
                }

                _values.Set(flag, text, FlagSource.Environment);
                _notices.Add(
                    new ConfigurationNotice(
                        Warning: false,
                        "recognized and used environment variable",
                        ("variable-name", name),
                        ("variable-value", text)
                    )
                );
            }
        }

        return null;
    }

    /// <summary>A feature that was asked for and is not there must stop the start: whoever asked for it relies on it.</summary>
    private string? FirstNotBuilt()
    {
        foreach (var flag in _values.Given)
        {
            var text = _values.Text(flag.Name);
            var asked = flag.Kind == FlagKind.Boolean ? _values.Boolean(flag.Name) : text != flag.Default;
            if (flag.Support == FlagSupport.NotBuilt && asked)
            {
                var where = _values.SourceOf(flag.Name) switch
                {
                    FlagSource.Environment => flag.EnvironmentName,
                    FlagSource.File => $"\"{flag.KeyInFile}\" in the configuration file",
                    _ => "--" + flag.Name,
                };
                return $"{where} asks for a feature that is not built yet ({flag.Help.TrimEnd('.')}); remove it to start without that feature";
            }
        }

        return null;
    }

    private ConfigurationReading Refuse(string error, int exitCode) =>
        new(ConfigurationRequest.Start, null, error, exitCode, _notices);
}
