using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EtcdSharp.CommandLine.Text;

/// <summary>A line in etcd's JSON log format, in which its programs print warnings.</summary>
public static class LogLine
{
    public static string Of(string level, string caller, string message, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var now = DateTimeOffset.Now;
        var zone =
            now.Offset == TimeSpan.Zero
                ? "Z"
                : now.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        var line = new System.Text.StringBuilder();
        line.Append(
            CultureInfo.InvariantCulture,
            $"{{\"level\":{Quote(level)},\"ts\":\"{now:yyyy-MM-dd'T'HH:mm:ss.ffffff}{zone}\""
        );
        line.Append(CultureInfo.InvariantCulture, $",\"caller\":{Quote(caller)},\"msg\":{Quote(message)}");
        foreach (var (name, value) in fields)
        {
            line.Append(CultureInfo.InvariantCulture, $",{Quote(name)}:{Quote(value)}");
        }

        return line.Append('}').ToString();
    }

    private static string Quote(string text) =>
        string.Concat("\"", JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), "\"");
}
