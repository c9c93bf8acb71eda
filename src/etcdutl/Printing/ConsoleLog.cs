using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcdutl.Printing;

/// <summary>
/// What a command tells while it works: lines on standard error with time, level, caller, message and fields, set apart by
/// tabs.
/// </summary>
/// <param name="error">Where they go.</param>
/// <param name="caller">The part of the program that tells it.</param>
internal sealed class ConsoleLog(Output error, string caller) : ILogger
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
        var line = new StringBuilder($"{time}\t{ZapLine.NameOf(logLevel)}\t{caller}\t{formatter(state, exception)}");
        if (state is IReadOnlyList<KeyValuePair<string, object?>> fields && fields.Count > 1)
        {
            var shown = fields.Where(field => field.Key != TemplateField);
            line.Append("\t{").AppendJoin(", ", shown.Select(Field)).Append('}');
        }

        error.WriteLine(line.ToString());
    }

    private static string Field(KeyValuePair<string, object?> field)
    {
        return $"\"{ZapLine.FieldName(field.Key)}\": {Value(field.Value)}";
    }

    private static string Value(object? value) =>
        value switch
        {
            string text => Quoted(text),
            bool truth => truth ? "true" : "false",
            TimeSpan time => Quoted(GoDuration.Of(time)),
            IEnumerable<string> many => $"[{string.Join(", ", many.Select(Quoted))}]",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null",
        };

    private static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
