namespace EtcdSharp.Storage.Snap.V2;

/// <summary>A node of the old store's tree: a directory, or a file with a value.</summary>
/// <param name="Path">Absolute, without a slash at the end.</param>
/// <param name="Index">The store's index at which the node was made.</param>
/// <param name="Value">Of a file; null for a directory.</param>
internal sealed record V2Node(string Path, ulong Index, string? Value)
{
    /// <summary>By the last part of their paths, in the order of Go's JSON encoder; of a directory only.</summary>
    public SortedDictionary<string, V2Node> Children { get; } = new(StringComparer.Ordinal);
}
