using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace EtcdSharp.Server.Configuration;

/// <summary>The YAML configuration file: the flags' names as keys, with TLS, sockets and discovery in nested maps.</summary>
internal static class ConfigurationFile
{
    private static readonly Dictionary<string, FlagDefinition> s_byKey = FlagTable
        .All.Where(flag => flag.KeyInFile.Length > 0)
        .ToDictionary(flag => flag.KeyInFile, StringComparer.Ordinal);

    /// <summary>Settings are two maps deep; YAML that nests without end would exhaust the stack of whoever builds its tree.</summary>
    private const int DepthMax = 16;

    /// <summary>All settings with long values have some kilobytes.</summary>
    private const long BytesMax = 4 * 1024 * 1024;

    /// <summary>Reads a file into <paramref name="values"/>; the error, or null.</summary>
    public static string? Read(string path, FlagValues values)
    {
        var yaml = new YamlStream();
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > BytesMax } large)
            {
                return $"cannot read the configuration file: {path} has {large.Length} bytes, at most {BytesMax} are read";
            }

            var text = File.ReadAllText(path);
            if (WhatIsEndless(text) is { } endless)
            {
                return $"error parsing the configuration file {path}: {endless}";
            }

            yaml.Load(new StringReader(text));
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

        if (yaml.Documents.Count == 0)
        {
            return null;
        }

        return yaml.Documents[0].RootNode is YamlMappingNode root
            ? ReadMap(path, root, "", values)
            : $"error parsing the configuration file {path}: it must hold a map of settings";
    }

    /// <summary>
    /// What no tree can be built of, or none that can be walked: lists and maps that nest without end, and those that are used
    /// again by an alias and so may hold themselves, or each other a thousand million times. Null when there is nothing of it.
    /// </summary>
    private static string? WhatIsEndless(string text)
    {
        var parser = new Parser(new StringReader(text));
        var scalars = new HashSet<AnchorName>();
        for (var depth = 0; parser.MoveNext(); )
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DepthMax)
            {
                return $"its values are nested more than {DepthMax} deep";
            }

            switch (parser.Current)
            {
                case Scalar { Anchor.IsEmpty: false } scalar:
                    scalars.Add(scalar.Anchor);
                    break;
                case NodeEvent { Anchor.IsEmpty: false } collection:
                    scalars.Remove(collection.Anchor);
                    break;
                case AnchorAlias alias when !scalars.Contains(alias.Value):
                    return $"*{alias.Value.Value} stands for a list or a map, or for nothing; only a single value may be used again";
                default:
                    break;
            }
        }

        return null;
    }

    private static string? ReadMap(string path, YamlMappingNode map, string prefix, FlagValues values)
    {
        foreach (var (keyNode, valueNode) in map.Children)
        {
            var key = prefix + ((keyNode as YamlScalarNode)?.Value ?? "");
            if (valueNode is YamlMappingNode inner && prefix.Length == 0)
            {
                if (ReadMap(path, inner, key + "/", values) is { } innerError)
                {
                    return innerError;
                }

                continue;
            }

            // A key that etcd does not know is passed over by etcd too; files shared between versions rely on it.
            if (!s_byKey.TryGetValue(key, out var flag))
            {
                continue;
            }

            var text = TextOf(flag, valueNode);
            if (text is null || (text.Length > 0 && flag.Check(text) is not null))
            {
                return $"error parsing the configuration file {path}: invalid value {Describe(text, valueNode)} for {key}";
            }

            if (text.Length > 0)
            {
                values.Set(flag, text, FlagSource.File);
            }
        }

        return null;
    }

    /// <summary>Only scalars are shown: lists and maps may refer to each other, and be endless when written out.</summary>
    private static string Describe(string? text, YamlNode node) =>
        text is not null ? $"\"{text}\""
        : node is YamlMappingNode ? "(a map)"
        : "(a list that holds more than words)";

    private static string? TextOf(FlagDefinition flag, YamlNode node) =>
        node switch
        {
            YamlScalarNode { Value: null or "null" or "~" } => "",
            YamlScalarNode scalar when flag.Kind == FlagKind.Duration && long.TryParse(scalar.Value, out var nanoseconds) =>
                $"{nanoseconds}ns",
            YamlScalarNode scalar => scalar.Value,
            YamlSequenceNode list when list.Children.All(child => child is YamlScalarNode) => string.Join(
                ',',
                list.Children.Select(child => ((YamlScalarNode)child).Value)
            ),
            _ => null,
        };
}
