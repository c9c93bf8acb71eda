using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using EtcdSharp.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Tests.Logging;

/// <summary>The lines of a member's log as it writes them, in order. Any thread.</summary>
internal sealed class RecordedLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<JsonElement> _lines = new();

    /// <summary>The names of the fields behind a message, of each line that has it.</summary>
    public IEnumerable<string> FieldsOf(string message) =>
        _lines
            .Where(line => line.GetProperty("msg").GetString() == message)
            .Select(static line => string.Join(' ', line.EnumerateObject().Skip(4).Select(static field => field.Name)));

    /// <summary>The messages among these that were written, in the order in which they were.</summary>
    public IEnumerable<string> Of(params string[] messages) =>
        _lines.Select(static line => line.GetProperty("msg").GetString()!).Where(messages.Contains);

    /// <summary>The lines of a level, whole.</summary>
    public IEnumerable<string> At(string level) =>
        _lines.Where(line => line.GetProperty("level").GetString() == level).Select(static line => line.GetRawText());

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        var output = new ArrayBufferWriter<byte>();
        ZapLine.Write(output, DateTimeOffset.UnixEpoch, logLevel, "member", state, exception, formatter);
        _lines.Enqueue(JsonDocument.Parse(output.WrittenMemory).RootElement);
    }

    public void Dispose() { }
}
