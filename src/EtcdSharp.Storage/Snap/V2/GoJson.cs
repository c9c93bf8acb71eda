using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EtcdSharp.Storage.Snap.V2;

/// <summary>JSON with the escapes that Go's encoder chooses, so that texts which hold JSON are those that etcd stores.</summary>
internal static class GoJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return Escape(buffer.WrittenSpan);
    }

    /// <summary>These three occur in strings only, where Go writes them as escapes.</summary>
    private static byte[] Escape(ReadOnlySpan<byte> json)
    {
        if (!json.ContainsAny("<>&"u8))
        {
            return json.ToArray();
        }

        var escaped = new List<byte>(json.Length);
        foreach (var character in json)
        {
            switch (character)
            {
                case (byte)'<':
                    escaped.AddRange("\\u003c"u8);
                    break;
                case (byte)'>':
                    escaped.AddRange("\\u003e"u8);
                    break;
                case (byte)'&':
                    escaped.AddRange("\\u0026"u8);
                    break;
                default:
                    escaped.Add(character);
                    break;
            }
        }

        return [.. escaped];
    }
}
