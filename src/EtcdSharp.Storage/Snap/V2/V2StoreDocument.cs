using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace EtcdSharp.Storage.Snap.V2;

/// <summary>
/// The JSON document of the old store, which snapshots of releases up to 3.5 carry in their data: a tree of nodes of
/// which only the membership below /0 still means something.
/// </summary>
internal static class V2StoreDocument
{
    private const string MembersPath = "/0/members";
    private const string RemovedPath = "/0/removed_members";
    private const string VersionPath = "/0/version";
    private const int DocumentVersion = 3;

    /// <summary>How deep the document may nest: the tree we need has five levels, old user data may have some more.</summary>
    private const int DepthMax = 256;

    /// <summary>The time at which a node without an end expires, as etcd writes it.</summary>
    private const string NeverExpires = "0001-01-01T00:00:00Z";

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

    /// <summary>Writes a document that releases up to 3.5 start from.</summary>
    public static byte[] Write(V2Membership membership)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("Root");
            WriteDirectory(
                json,
                "/",
                () =>
                {
                    WriteChild(json, "0", () => WriteCluster(json, membership));
                    WriteChild(json, "1", () => WriteDirectory(json, "/1", () => { }));
                }
            );
            WriteEmptyHistory(json);
            json.WriteNumber("CurrentIndex", 0);
            json.WriteStartObject("Stats");
            json.WriteEndObject();
            json.WriteNumber("CurrentVersion", DocumentVersion);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
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

    private static void WriteCluster(Utf8JsonWriter json, V2Membership membership) =>
        WriteDirectory(
            json,
            "/0",
            () =>
            {
                WriteChild(
                    json,
                    "members",
                    () =>
                        WriteDirectory(
                            json,
                            MembersPath,
                            () =>
                            {
                                foreach (var member in membership.Members)
                                {
                                    WriteChild(json, NameOf(member.Id), () => WriteMember(json, member));
                                }
                            }
                        )
                );
                WriteChild(
                    json,
                    "removed_members",
                    () =>
                        WriteDirectory(
                            json,
                            RemovedPath,
                            () =>
                            {
                                foreach (var id in membership.RemovedIds)
                                {
                                    WriteChild(
                                        json,
                                        NameOf(id),
                                        () => WriteValue(json, $"{RemovedPath}/{NameOf(id)}", string.Empty)
                                    );
                                }
                            }
                        )
                );
                if (membership.ClusterVersion is { } version)
                {
                    WriteChild(json, "version", () => WriteValue(json, VersionPath, version));
                }
            }
        );

    private static void WriteMember(Utf8JsonWriter json, V2Member member)
    {
        var path = $"{MembersPath}/{NameOf(member.Id)}";
        WriteDirectory(
            json,
            path,
            () =>
            {
                WriteChild(json, "raftAttributes", () => WriteValue(json, $"{path}/raftAttributes", RaftAttributesOf(member)));
                if (member.Name.Length > 0 || member.ClientUrls.Count > 0)
                {
                    WriteChild(json, "attributes", () => WriteValue(json, $"{path}/attributes", AttributesOf(member)));
                }
            }
        );
    }

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

    private static string TextOf(Action<Utf8JsonWriter> properties)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

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

    private static void WriteChild(Utf8JsonWriter json, string name, Action node)
    {
        json.WritePropertyName(name);
        node();
    }

    private static void WriteDirectory(Utf8JsonWriter json, string path, Action children)
    {
        WriteNodeHead(json, path, string.Empty);
        json.WriteStartObject("Children");
        children();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string path, string value)
    {
        WriteNodeHead(json, path, value);
        json.WriteNull("Children");
        json.WriteEndObject();
    }

    private static void WriteNodeHead(Utf8JsonWriter json, string path, string value)
    {
        json.WriteStartObject();
        json.WriteString("Path", path);
        json.WriteNumber("CreatedIndex", 0);
        json.WriteNumber("ModifiedIndex", 0);
        json.WriteString("ExpireTime", NeverExpires);
        json.WriteString("Value", value);
    }

    /// <summary>The old store's ring of events; a reader of it divides by its capacity, so the capacity is not zero.</summary>
    private static void WriteEmptyHistory(Utf8JsonWriter json)
    {
        const int Capacity = 1000;
        json.WriteStartObject("WatcherHub");
        json.WriteStartObject("EventHistory");
        json.WriteStartObject("Queue");
        json.WriteStartArray("Events");
        for (var i = 0; i < Capacity; i++)
        {
            json.WriteNullValue();
        }

        json.WriteEndArray();
        json.WriteNumber("Size", 0);
        json.WriteNumber("Front", 0);
        json.WriteNumber("Back", 0);
        json.WriteNumber("Capacity", Capacity);
        json.WriteEndObject();
        json.WriteNumber("StartIndex", 0);
        json.WriteNumber("LastIndex", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
