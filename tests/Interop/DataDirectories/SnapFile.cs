using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtcdSharp.Interop.DataDirectories;

/// <summary>A .snap file with what differs from run to run replaced: the ids of the members and the addresses of the test.</summary>
/// <param name="Name">Term and index.</param>
/// <param name="Metadata">The configuration, the index and the term.</param>
/// <param name="Document">The old store's document, character for character.</param>
internal sealed record SnapFile(string Name, string Metadata, string Document)
{
    private static readonly string[] s_places = ["CreatedIndex", "ModifiedIndex", "createdIndex", "modifiedIndex"];

    /// <summary>All of a member's, the oldest in front.</summary>
    public static IReadOnlyList<SnapFile> ReadAll(string dataDirectory, IEnumerable<(string Text, string Name)> replacements)
    {
        var known = replacements.ToArray();
        var paths = Directory.GetFiles(Path.Combine(dataDirectory, "member", "snap"), "*.snap");
        return [.. paths.Order(StringComparer.Ordinal).Select(path => Read(path, known))];
    }

    public static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>How many members and removed ones there are: etcd writes more than one of a kind in an order of chance.</summary>
    public bool IsOfOneOrder => Children("members") == 1 && Children("removed_members") <= 1;

    /// <summary>The document without the order of its writes.</summary>
    public string Unordered()
    {
        var document = JsonNode.Parse(Document)!;
        Strip(document);
        var events = document["WatcherHub"]!["EventHistory"]!["Queue"]!["Events"]!.AsArray();
        var sorted = events.Select(one => one?.ToJsonString() ?? "null").Order(StringComparer.Ordinal).ToArray();
        document["WatcherHub"]!["EventHistory"]!["Queue"]!["Events"] = new JsonArray([
            .. sorted.Select(text => JsonNode.Parse(text)),
        ]);
        return document.ToJsonString();
    }

    /// <summary>What releases up to 3.6 read of it: the tree without the counts.</summary>
    public string Tree()
    {
        var root = JsonNode.Parse(Document)!["Root"]!;
        Strip(root);
        return root.ToJsonString();
    }

    private static SnapFile Read(string path, (string Text, string Name)[] replacements)
    {
        var envelope = Api.Snappb.snapshot.Parser.ParseFrom(File.ReadAllBytes(path));
        var snapshot = Api.Raftpb.Snapshot.Parser.ParseFrom(envelope.Data);
        var metadata = JsonFormatter.Default.Format(snapshot.Metadata);
        var document = snapshot.Data.ToStringUtf8();
        foreach (var (text, name) in replacements)
        {
            document = document.Replace(text, name, StringComparison.Ordinal);
            if (ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
            {
                metadata = metadata.Replace(id.ToString(CultureInfo.InvariantCulture), name, StringComparison.Ordinal);
            }
        }

        return new SnapFile(Path.GetFileName(path), metadata, Sorted(document));
    }

    /// <summary>The names were ids, in whose order objects were written.</summary>
    private static string Sorted(string document)
    {
        var node = JsonNode.Parse(document)!;
        Sort(node);
        return node.ToJsonString();
    }

    private static void Sort(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var pairs = members.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
                members.Clear();
                foreach (var (name, value) in pairs)
                {
                    Sort(value);
                    members.Add(name, value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Sort(item);
                }

                break;
        }
    }

    private static void Strip(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var name in s_places)
                {
                    members.Remove(name);
                }

                foreach (var (_, value) in members)
                {
                    Strip(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Strip(item);
                }

                break;
        }
    }

    private int Children(string directory)
    {
        using var document = JsonDocument.Parse(Document);
        return document
            .RootElement.GetProperty("Root")
            .GetProperty("Children")
            .GetProperty("0")
            .GetProperty("Children")
            .TryGetProperty(directory, out var found)
            ? found.GetProperty("Children").EnumerateObject().Count()
            : 0;
    }
}
