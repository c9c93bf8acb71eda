using System.Buffers;
using System.Text.Json;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Tokens;

/// <summary>
/// What etcd states in a token: whose it is, the revision of users and roles it was given at, and when it ends. The times
/// are seconds since 1970.
/// </summary>
internal sealed record JwtClaims(Caller Caller, long? ExpiresAt, long? NotBefore)
{
    /// <summary>
    /// Go's time counts seconds from the year 1, so that one later than this wraps round to before it: etcd takes such a time
    /// as one long ago.
    /// </summary>
    private const double SecondsMax = long.MaxValue - 62_135_596_800;

    /// <summary>Go reads so many levels and no more.</summary>
    private static readonly JsonDocumentOptions s_asGo = new() { MaxDepth = 10_000 };

    /// <summary>The signature's part of the check is done elsewhere; a token without times is always in time.</summary>
    public bool AreInTime(DateTimeOffset now)
    {
        // The times are whole seconds, so the fraction of the present one decides nothing.
        var seconds = now.ToUnixTimeSeconds();
        return !(ExpiresAt <= seconds) && !(NotBefore > seconds);
    }

    public ReadOnlySpan<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (ExpiresAt is { } expiresAt)
            {
                writer.WriteNumber("exp"u8, expiresAt);
            }

            writer.WriteNumber("revision"u8, Caller.Revision);
            writer.WriteString("username"u8, Caller.User);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    /// <summary>The name of the algorithm in a token's header, or null.</summary>
    public static string? AlgorithmOf(byte[] header)
    {
        try
        {
            using var document = JsonDocument.Parse(header, s_asGo);
            return
                document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("alg"u8, out var name)
                && name.ValueKind == JsonValueKind.String
                ? name.GetString()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null when a claim that etcd needs is absent or one it knows has another type.</summary>
    public static JwtClaims? Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_asGo);
            var root = document.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("username"u8, out var user)
                && user.ValueKind == JsonValueKind.String
                && user.GetString() is { Length: > 0 } name
                && root.TryGetProperty("revision"u8, out var number)
                && TryReadRevision(number, out var revision)
                && TryReadTime(root, "exp"u8, out var expiresAt)
                && TryReadTime(root, "nbf"u8, out var notBefore)
                ? new JwtClaims(new Caller(name, revision), expiresAt, notBefore)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what text that is no Unicode gives when it is read.
            return null;
        }
    }

    private static bool TryReadRevision(JsonElement number, out ulong revision)
    {
        revision = 0;
        if (number.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        if (number.TryGetUInt64(out revision))
        {
            return true;
        }

        if (!number.TryGetDouble(out var value) || !double.IsFinite(value))
        {
            return false;
        }

        // JSON has one kind of number: 5.0 and 5e0 are the revision 5. One that is negative or too large is a revision far ahead,
        // which Go makes of it too; whoever signs tokens of their own may mean just that, as only earlier ones are refused.
        const double beyond = 18446744073709551616.0;
        revision =
            value >= beyond ? 1UL << 63
            : value < 0 ? unchecked((ulong)(long)value)
            : (ulong)value;
        return true;
    }

    /// <summary>Absent is fine, and 0 counts as absent, as in the library that etcd uses.</summary>
    private static bool TryReadTime(JsonElement root, ReadOnlySpan<byte> name, out long? seconds)
    {
        seconds = null;
        if (!root.TryGetProperty(name, out var time))
        {
            return true;
        }

        if (time.ValueKind != JsonValueKind.Number || !time.TryGetDouble(out var value) || !double.IsFinite(value))
        {
            return false;
        }

        // Rounds down. What is before the range of the type becomes its beginning.
        seconds =
            value == 0 ? null
            : value >= SecondsMax ? long.MinValue
            : (long)Math.Floor(value);
        return true;
    }
}
