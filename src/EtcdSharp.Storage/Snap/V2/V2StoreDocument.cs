using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EtcdSharp.Storage.Snap.V2;

/// <summary>
/// The JSON document of the old store, which snapshots carry in their data and releases up to 3.6 read: a tree of nodes of
/// which only the membership below /0 still means something.
/// </summary>
internal static class V2StoreDocument
{
    private const string MembersPath = "/0/members";
    private const string RemovedPath = "/0/removed_members";
    private const string VersionPath = "/0/version";

    /// <summary>How deep the document may nest: the tree we need has five levels, old user data may have some more.</summary>
    private const int DepthMax = 256;

    /// <summary>Reads the membership; null and the reason when the document is not one of the old store.</summary>
    public static V2Membership? TryRead(ReadOnlyMemory<byte> document, out string? problem)
    {
        try
        {
            using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = DepthMax });
            problem = null;
            return ReadRoot(json.RootElement);
        }
        catch (Exception malformed) when (IsMalformed(malformed))
        {
            problem = $"the old store's document is malformed: {malformed.Message}";
            return null;
        }
    }

    /// <summary>What reading a text of another shape throws; the third is for strings that are no Unicode.</summary>
    internal static bool IsMalformed(Exception failure) =>
        failure is JsonException or FormatException or InvalidOperationException;

    /// <summary>Writes a document that releases up to 3.6 start from.</summary>
    public static byte[] Write(V2Membership membership)
    {
        var store = new V2StoreBuilder("0", "1");
        foreach (var member in membership.Members)
        {
            var path = $"{MembersPath}/{NameOf(member.Id)}";
            store.Create($"{path}/raftAttributes", RaftAttributesOf(member));

            // A member that has not started has published no client URLs, and at most a name.
            if (member.ClientUrls.Count > 0)
            {
                store.Set($"{path}/attributes", AttributesOf(member));
            }
        }

        foreach (var id in membership.RemovedIds)
        {
            store.Create($"{RemovedPath}/{NameOf(id)}", "");
        }

        if (membership.ClusterVersion is { } version)
        {
            store.Set(VersionPath, version);
        }

        return store.ToJson();
    }

    /// <summary>The key of a node below the members: 16 digits at most, without leading zeros.</summary>
    public static string NameOf(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    private static V2Membership ReadRoot(JsonElement document)
    {
        if (!Expect(document, JsonValueKind.Object).TryGetProperty("Root", out var root))
        {
            throw new FormatException("there is no root");
        }

        var cluster = Child(root, "0");
        var members = Children(Child(cluster, "members")).Select(child => ReadMember(child.Name, child.Value)).ToList();
        var removed = Children(Child(cluster, "removed_members")).Select(child => ParseId(child.Name)).ToList();
        return new V2Membership(members, removed, Child(cluster, "version") is { } version ? ValueOf(version) : null);
    }

    private static V2Member ReadMember(string name, JsonElement node)
    {
        var raft = Child(node, "raftAttributes") ?? throw new FormatException($"member {name} has no raftAttributes");
        using var raftAttributes = JsonDocument.Parse(ValueOf(raft));
        var peerUrls = Strings(raftAttributes.RootElement, "peerURLs");
        var isLearner =
            raftAttributes.RootElement.TryGetProperty("isLearner", out var learner) && learner.ValueKind == JsonValueKind.True;
        if (Child(node, "attributes") is not { } attributesNode)
        {
            return new V2Member(ParseId(name), peerUrls, isLearner, string.Empty, []);
        }

        var (memberName, clientUrls) = ReadAttributes(ValueOf(attributesNode));
        return new V2Member(ParseId(name), peerUrls, isLearner, memberName, clientUrls);
    }

    /// <summary>The name and client URLs that a member publishes.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="FormatException">The text is JSON of another shape.</exception>
    internal static (string Name, IReadOnlyList<string> ClientUrls) ReadAttributes(string text)
    {
        using var attributes = JsonDocument.Parse(text);
        var root = Expect(attributes.RootElement, JsonValueKind.Object);
        var name =
            root.TryGetProperty("name", out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : string.Empty;
        return (name, Strings(root, "clientURLs"));
    }

    internal static ulong ParseId(string name) =>
        ulong.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new FormatException($"'{name}' is no member id");

    private static List<string> Strings(JsonElement parent, string property)
    {
        if (!Expect(parent, JsonValueKind.Object).TryGetProperty(property, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return
        [
            .. Expect(list, JsonValueKind.Array).EnumerateArray().Select(item => Expect(item, JsonValueKind.String).GetString()!),
        ];
    }

    private static JsonElement? Child(JsonElement? node, string name) =>
        node is { } parent
        && Expect(parent, JsonValueKind.Object).TryGetProperty("Children", out var children)
        && children.ValueKind == JsonValueKind.Object
        && children.TryGetProperty(name, out var child)
            ? child
            : null;

    private static IEnumerable<JsonProperty> Children(JsonElement? node) =>
        node is { } parent
        && Expect(parent, JsonValueKind.Object).TryGetProperty("Children", out var children)
        && children.ValueKind == JsonValueKind.Object
            ? children.EnumerateObject()
            : [];

    private static string ValueOf(JsonElement node) =>
        Expect(node, JsonValueKind.Object).TryGetProperty("Value", out var value)
            ? Expect(value, JsonValueKind.String).GetString()!
            : throw new FormatException("a node has no value");

    private static JsonElement Expect(JsonElement element, JsonValueKind kind) =>
        element.ValueKind == kind ? element : throw new FormatException($"found {element.ValueKind} in the place of {kind}");

    private static string RaftAttributesOf(V2Member member) =>
        TextOf(json =>
        {
            WriteStrings(json, "peerURLs", member.PeerUrls);
            if (member.IsLearner)
            {
                json.WriteBoolean("isLearner", true);
            }
        });

    private static string AttributesOf(V2Member member) =>
        TextOf(json =>
        {
            if (member.Name.Length > 0)
            {
                json.WriteString("name", member.Name);
            }

            WriteStrings(json, "clientURLs", member.ClientUrls);
        });

    private static string TextOf(Action<Utf8JsonWriter> properties) =>
        Encoding.UTF8.GetString(
            GoJson.Encode(json =>
            {
                json.WriteStartObject();
                properties(json);
                json.WriteEndObject();
            })
        );

    private static void WriteStrings(Utf8JsonWriter json, string property, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(property);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
