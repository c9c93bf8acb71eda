using System.Buffers;
using System.Text.Json;

namespace EtcdSharp.Replica.Membership;

/// <summary>Whether the cluster is on its way down to an older version, and which. Stored as JSON in the cluster bucket.</summary>
internal sealed record DowngradeInfo(bool Enabled, string TargetVersion)
{
    public static readonly DowngradeInfo None = new(false, "");

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("target-version", TargetVersion);
            json.WriteBoolean("enabled", Enabled);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The text is not what etcd stores there.</exception>
    public static DowngradeInfo Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var enabled = root.TryGetProperty("enabled", out var flag) && flag.GetBoolean();
            var target = root.TryGetProperty("target-version", out var version) ? version.GetString() ?? "" : "";
            if (enabled && !EtcdVersion.TryParse(target, out _))
            {
                throw new InvalidDataException($"the stored downgrade target is not a version: '{target}'");
            }

            return new DowngradeInfo(enabled, target);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("the stored downgrade state cannot be read: " + e.Message, e);
        }
    }
}
