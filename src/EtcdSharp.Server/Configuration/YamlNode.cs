namespace EtcdSharp.Server.Configuration;

/// <summary>A value in the configuration file: a scalar, a list or a map.</summary>
internal sealed class YamlNode
{
    /// <summary>What a scalar stands for; null for lists and maps.</summary>
    public YamlScalar? Scalar { get; init; }

    /// <summary>The values of a list; null for what is none.</summary>
    public IReadOnlyList<YamlNode>? Items { get; init; }

    /// <summary>The keys and values of a map in the file's order, a repeated key as often as it stands there; null for what is none.</summary>
    public IReadOnlyList<(string Key, YamlNode Value)>? Entries { get; init; }

    public bool IsNull => Scalar is { Kind: YamlScalarKind.Null };

    /// <summary>As messages show it. Lists and maps may be long and are only named.</summary>
    public override string ToString() =>
        Scalar is { } scalar ? $"\"{scalar.Source}\""
        : Items is not null ? "(a list)"
        : "(a map)";
}
