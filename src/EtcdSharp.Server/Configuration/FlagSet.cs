using System.Collections.Frozen;

namespace EtcdSharp.Server.Configuration;

/// <summary>The flags that a program takes, found by each of the names that they go by.</summary>
internal sealed class FlagSet
{
    private readonly FrozenDictionary<string, FlagDefinition> _byVariable;
    private readonly FrozenDictionary<string, FlagDefinition> _byKey;
    private readonly FrozenSet<string> _outerKeys;

    public FlagSet(IEnumerable<FlagSection> sections)
    {
        All = [.. sections.SelectMany(section => section.Flags)];
        ByName = All.ToFrozenDictionary(flag => flag.Name, StringComparer.Ordinal);
        _byVariable = All.ToFrozenDictionary(flag => flag.EnvironmentName, StringComparer.Ordinal);
        _byKey = All.Where(flag => flag.KeyInFile.Length > 0)
            .ToFrozenDictionary(flag => flag.KeyInFile, StringComparer.OrdinalIgnoreCase);
        _outerKeys = _byKey
            .Keys.SelectMany(key =>
                key.Select((character, index) => character == '/' ? key[..index] : "").Where(outer => outer != "")
            )
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<FlagDefinition> All { get; }

    public FrozenDictionary<string, FlagDefinition> ByName { get; }

    public FlagDefinition? OfVariable(string variable) => _byVariable.GetValueOrDefault(variable);

    /// <summary>The flag of a key of the configuration file, in any case.</summary>
    public FlagDefinition? OfKey(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Whether a key holds a map: <c>socket-options</c>, <c>discovery-config</c>, <c>discovery-config/client</c> and so on.</summary>
    public bool IsOuterKey(string key) => _outerKeys.Contains(key);
}
