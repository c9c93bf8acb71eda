using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>
/// A message as JSON with the API's own field names, in their order, without those that are empty; numbers and enumerations
/// as numbers, bytes as base64.
/// </summary>
internal static class MessageJson
{
    public static StringBuilder Of(IMessage message)
    {
        var json = new StringBuilder();
        Append(json, message);
        return json;
    }

    public static void Append(StringBuilder json, IMessage message)
    {
        json.Append('{');
        var first = true;
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (IsEmpty(value))
            {
                continue;
            }

            json.Append(first ? "" : ",").Append('"').Append(field.Name).Append("\":");
            AppendValue(json, value);
            first = false;
        }

        json.Append('}');
    }

    public static void AppendString(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var one in text)
        {
            AppendCharacter(json, one);
        }

        json.Append('"');
    }

    private static void AppendValue(StringBuilder json, object value)
    {
        switch (value)
        {
            case string text:
                AppendString(json, text);
                break;
            case ByteString bytes:
                json.Append('"').Append(bytes.ToBase64()).Append('"');
                break;
            case bool truth:
                json.Append(truth ? "true" : "false");
                break;
            case Enum choice:
                json.Append(Convert.ToInt32(choice, CultureInfo.InvariantCulture));
                break;
            case IMessage message:
                Append(json, message);
                break;
            case IList list:
                AppendList(json, list);
                break;
            default:
                json.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendList(StringBuilder json, IList list)
    {
        json.Append('[');
        for (var i = 0; i < list.Count; i++)
        {
            json.Append(i == 0 ? "" : ",");
            AppendValue(json, list[i]!);
        }

        json.Append(']');
    }

    private static bool IsEmpty(object? value) =>
        value switch
        {
            null => true,
            string text => text.Length == 0,
            ByteString bytes => bytes.IsEmpty,
            bool truth => !truth,
            IMessage => false,
            IList list => list.Count == 0,
            Enum choice => Convert.ToInt32(choice, CultureInfo.InvariantCulture) == 0,
            IConvertible number => number.ToDecimal(CultureInfo.InvariantCulture) == 0,
            _ => false,
        };

    /// <summary>Also escapes what HTML takes for its own, as Go does.</summary>
    private static void AppendCharacter(StringBuilder json, char one)
    {
        switch (one)
        {
            case '"' or '\\':
                json.Append('\\').Append(one);
                break;
            case '\b':
                json.Append("\\b");
                break;
            case '\f':
                json.Append("\\f");
                break;
            case '\n':
                json.Append("\\n");
                break;
            case '\r':
                json.Append("\\r");
                break;
            case '\t':
                json.Append("\\t");
                break;
            case < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029':
                json.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
                break;
            default:
                json.Append(one);
                break;
        }
    }
}
