using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EtcdSharp.Replica.Membership;

/// <summary>
/// Members as JSON: the context of a configuration change in the log, and the value in the members bucket. Field
/// names, their order and what is left out when empty are etcd's, because other members read and write it too.
/// </summary>
internal static class MemberJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Encode(MemberInfo member) => Encode(member.Id, member, isPromote: null);

    /// <summary>The context of the change that makes a voter of a learner: the id alone counts.</summary>
    public static byte[] EncodePromotion(ulong id) => Encode(id, null, isPromote: true);

    /// <exception cref="InvalidDataException">The text is not a member.</exception>
    public static (MemberInfo Member, bool IsPromote) Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var member = new MemberInfo(
                root.GetProperty("id").GetUInt64(),
                Strings(root, "peerURLs"),
                Flag(root, "isLearner"),
                root.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "",
                Strings(root, "clientURLs")
            );
            return (member, Flag(root, "isPromote"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("a member description cannot be read: " + e.Message, e);
        }
    }

    private static byte[] Encode(ulong id, MemberInfo? member, bool? isPromote)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", id);
            WriteStrings(writer, "peerURLs", member?.PeerUrls);
            if (member is { IsLearner: true })
            {
                writer.WriteBoolean("isLearner", true);
            }

            if (member is { Name.Length: > 0 })
            {
                writer.WriteString("name", member.Name);
            }

            if (member is { ClientUrls.Count: > 0 })
            {
                WriteStrings(writer, "clientURLs", member.ClientUrls);
            }

            if (isPromote is { } promote)
            {
                writer.WriteBoolean("isPromote", promote);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static bool Flag(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string[] Strings(JsonElement root, string name) =>
        root.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Select(value => value.GetString() ?? "")]
            : [];
}
