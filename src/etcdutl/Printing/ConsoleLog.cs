using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EtcdSharp.CommandLine;
using EtcdSharp.Server.Logging;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcdutl.Printing;

/// <summary>What a command tells while it works: lines on standard error with time, level, message and fields, set apart by tabs.</summary>
internal sealed class ConsoleLog(Output error) : ILogger
{
    private const string TemplateField = "{OriginalFormat}";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var time = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var line = new StringBuilder($"{time}\t{ZapLine.NameOf(logLevel)}\t{formatter(state, exception)}");
        if (state is IReadOnlyList<KeyValuePair<string, object?>> fields && fields.Count > 1)
        {
            var shown = fields.Where(field => field.Key != TemplateField);
            line.Append("\t{").AppendJoin(", ", shown.Select(Field)).Append('}');
        }

        error.WriteLine(line.ToString());
    }

    private static string Field(KeyValuePair<string, object?> field)
    {
        var value = field.Value is string text
            ? $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""
            : Convert.ToString(field.Value, CultureInfo.InvariantCulture);
        return $"\"{ZapLine.FieldName(field.Key)}\": {value}";
    }
}
