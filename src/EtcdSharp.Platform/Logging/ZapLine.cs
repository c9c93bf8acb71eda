using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Platform.Logging;

/// <summary>Writes one log entry in the JSON shape of etcd's logger: <c>level</c>, <c>ts</c>, <c>caller</c>, <c>msg</c>, then the fields.</summary>
internal static class ZapLine
{
    private const string TemplateField = "{OriginalFormat}";

    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Write<TState>(
        IBufferWriter<byte> output,
        DateTimeOffset time,
        LogLevel level,
        string caller,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        using (var json = new Utf8JsonWriter(output, s_options))
        {
            json.WriteStartObject();
            json.WriteString("level", NameOf(level));
            json.WriteString("ts", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("caller", caller);
            json.WriteString("msg", formatter(state, exception));
            if (state is IReadOnlyList<KeyValuePair<string, object?>> fields)
            {
                for (var index = 0; index < fields.Count; index++)
                {
                    if (fields[index].Key != TemplateField)
                    {
                        json.WritePropertyName(FieldName(fields[index].Key));
                        WriteValue(json, fields[index].Value);
                    }
                }
            }

            if (exception is not null)
            {
                json.WriteString("error", exception.Message);
                if (level >= LogLevel.Error)
                {
                    json.WriteString("stacktrace", exception.ToString());
                }
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    public static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "error",
            _ => "fatal",
        };

    /// <summary>Parameters of log methods are camelCase in C#; etcd's fields are words with dashes.</summary>
    public static string FieldName(string parameter)
    {
        Span<char> name = stackalloc char[parameter.Length * 2];
        var length = 0;
        for (var index = 0; index < parameter.Length; index++)
        {
            var letter = parameter[index];
            if (char.IsAsciiLetterUpper(letter))
            {
                if (index > 0 && !char.IsAsciiLetterUpper(parameter[index - 1]) && parameter[index - 1] != '-')
                {
                    name[length++] = '-';
                }

                letter = char.ToLowerInvariant(letter);
            }

            name[length++] = letter;
        }

        return new string(name[..length]);
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case sbyte or short or int or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case byte or ushort or uint or ulong:
                json.WriteNumberValue(Convert.ToUInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case TimeSpan duration:
                json.WriteStringValue(Text.GoDuration.Format(duration));
                break;
            case IEnumerable many:
                json.WriteStartArray();
                foreach (var one in many)
                {
                    WriteValue(json, one);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
