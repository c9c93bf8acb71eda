using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// The first document of a YAML text as a tree. The library's own trees refuse a repeated key, of which etcd takes the last,
/// and may be endless where a list or a map is used again by an alias.
/// </summary>
internal static class YamlDocument
{
    /// <summary>Settings are four maps deep; YAML that nests without end would exhaust the stack of whoever builds its tree.</summary>
    private const int DepthMax = 16;

    /// <summary>The root; null for a text without a document.</summary>
    /// <exception cref="YamlException">The text is no YAML, or more than settings need.</exception>
    public static YamlNode? Read(string text)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        return ReadNode(parser, new Dictionary<AnchorName, YamlNode>(), depth: 0);
    }

    private static YamlNode ReadNode(IParser parser, Dictionary<AnchorName, YamlNode> anchors, int depth)
    {
        if (depth > DepthMax)
        {
            throw Refuse(parser, $"its values are nested more than {DepthMax} deep");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            var node = new YamlNode
            {
                Scalar = YamlScalar.Of(
                    scalar.Value,
                    scalar.Style == ScalarStyle.Plain,
                    scalar.Tag.IsEmpty ? null : scalar.Tag.Value
                ),
            };
            if (!scalar.Anchor.IsEmpty)
            {
                anchors[scalar.Anchor] = node;
            }

            return node;
        }

        if (parser.Accept<AnchorAlias>(out var alias))
        {
            var node = anchors.TryGetValue(alias.Value, out var named)
                ? named
                : throw Refuse(
                    parser,
                    $"*{alias.Value.Value} stands for a list or a map, or for nothing; only a single value may be used again"
                );
            parser.MoveNext();
            return node;
        }

        return parser.TryConsume<SequenceStart>(out var list) ? ReadList(parser, list, anchors, depth)
            : parser.TryConsume<MappingStart>(out var map) ? ReadMap(parser, map, anchors, depth)
            : throw Refuse(parser, "a value is missing");
    }

    private static YamlNode ReadList(IParser parser, SequenceStart start, Dictionary<AnchorName, YamlNode> anchors, int depth)
    {
        anchors.Remove(start.Anchor);
        List<YamlNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(parser, anchors, depth + 1));
        }

        return new YamlNode { Items = items };
    }

    private static YamlNode ReadMap(IParser parser, MappingStart start, Dictionary<AnchorName, YamlNode> anchors, int depth)
    {
        anchors.Remove(start.Anchor);
        List<(string, YamlNode)> entries = [];
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(parser, anchors, depth + 1).Scalar?.Source ?? throw Refuse(parser, "a key is no word");
            entries.Add((key, ReadNode(parser, anchors, depth + 1)));
        }

        return new YamlNode { Entries = entries };
    }

    private static YamlException Refuse(IParser parser, string problem) =>
        new(parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty, problem);
}
