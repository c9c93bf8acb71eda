using System.Globalization;
using YamlDotNet.Core;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// The YAML configuration file: the flags' names as keys, with TLS, sockets and discovery in nested maps. Keys and values are
/// taken as etcd takes them, which turns the YAML into JSON and the JSON into its settings: keys in any case, of a repeated
/// key the last, null as if the key were not there, and otherwise a value of the type that is asked for: <c>name: 010</c> is
/// the number 8 and no name. Beyond that, a duration may be written with its unit, as a flag takes it.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>All settings with long values have some kilobytes.</summary>
    private const long BytesMax = 4 * 1024 * 1024;

    /// <summary>Reads a file into <paramref name="values"/>; the error, or null.</summary>
    public static string? Read(string path, FlagValues values)
    {
        YamlNode? root;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > BytesMax } large)
            {
                return $"cannot read the configuration file: {path} has {large.Length} bytes, at most {BytesMax} are read";
            }

            root = YamlDocument.Read(File.ReadAllText(path));
        }
        catch (IOException exception)
        {
            return $"cannot read the configuration file: {exception.Message}";
        }
        catch (UnauthorizedAccessException exception)
        {
            return $"cannot read the configuration file: {exception.Message}";
        }
        catch (YamlException exception)
        {
            return $"error parsing the configuration file {path}, line {exception.Start.Line}: {exception.Message}";
        }
        catch (Exception exception)
            when (exception
                    is ArgumentException
                        or InvalidOperationException
                        or FormatException
                        or OverflowException
                        or IndexOutOfRangeException
            )
        {
            // Of text that is none (a zero byte where a value should begin) the library blames its caller or itself.
            return $"error parsing the configuration file {path}: it is not well-formed ({exception.Message})";
        }

        var problem =
            root is null || root.IsNull ? null
            : root.Entries is null ? "it must hold a map of settings"
            : ReadMap(root.Entries, "", values);
        return problem is null ? null : $"error parsing the configuration file {path}: {problem}";
    }

    private static string? ReadMap(IReadOnlyList<(string Key, YamlNode Value)> entries, string prefix, FlagValues values)
    {
        // A key in another case is another key until it meets the settings, in the order of their bytes.
        var last = new SortedDictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            last[key] = value;
        }

        foreach (var (key, value) in last)
        {
            if (ReadEntry(prefix + key, value, values) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? ReadEntry(string key, YamlNode value, FlagValues values)
    {
        if (values.Flags.IsOuterKey(key))
        {
            return value.Entries is { } inner ? ReadMap(inner, key + "/", values)
                : value.IsNull ? null
                : $"invalid value {value} for {key}: it holds a map of settings";
        }

        // A key that etcd does not know is passed over by etcd too; files shared between versions rely on it.
        if (values.Flags.OfKey(key) is not { } flag || value.IsNull)
        {
            return null;
        }

        if (TextOf(flag, value) is not { } text)
        {
            return $"invalid value {value} for {key}: it takes {Wanted(flag)}";
        }

        // Of lists that are none at all.
        if (flag.AbsentInFile == text || (flag.Kind == FlagKind.List && value.Items!.Count == 0))
        {
            return null;
        }

        if (flag.Kind == FlagKind.Choices)
        {
            // The command line is strict about these words, the file is not, and they change nothing.
            return null;
        }

        if (flag.Check(text) is { } problem)
        {
            return flag == FlagTable.NewCluster
                ? $"unexpected clusterState \"{text}\""
                : $"invalid value {value} for {key}: {problem}";
        }

        if (flag.Kind != FlagKind.Urls || text.Length > 0)
        {
            values.Set(flag, text, FlagSource.File);
        }

        return null;
    }

    /// <summary>The value in the form that the flag takes; null when it has another type.</summary>
    private static string? TextOf(FlagDefinition flag, YamlNode node) =>
        flag.Kind switch
        {
            FlagKind.List => node.Items is { } items && items.All(item => item.IsNull || item.Scalar?.Text is not null)
                ? string.Join(',', items.Select(item => item.Scalar!.Text ?? ""))
                : null,
            FlagKind.Boolean => node.Scalar is { Kind: YamlScalarKind.Boolean } scalar
                ? scalar.Integer == 1
                    ? "true"
                    : "false"
                : null,
            FlagKind.Unsigned or FlagKind.Unsigned32 or FlagKind.Integer => Digits(node.Scalar?.WholeNumber),
            FlagKind.Duration => node.Scalar?.Text
                ?? (Digits(node.Scalar?.WholeNumber) is { } nanoseconds ? nanoseconds + "ns" : null),
            _ => node.Scalar?.Text,
        };

    private static string? Digits(Int128? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Wanted(FlagDefinition flag) =>
        flag.Kind switch
        {
            FlagKind.List => "a list of words",
            FlagKind.Boolean => "true or false",
            FlagKind.Unsigned or FlagKind.Unsigned32 or FlagKind.Integer => "a whole number",
            FlagKind.Duration => "nanoseconds, or a duration as 300ms",
            _ => "words; what looks like a number or a switch is one only in quotes",
        };
}
