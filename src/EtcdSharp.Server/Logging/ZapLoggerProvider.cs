using System.Buffers;
using System.Globalization;
using System.Text;
using EtcdSharp.Platform;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Logging;

/// <summary>
/// Log lines in etcd's shape on standard output, standard error or in files. A line is written whole, under a lock,
/// before the call returns, so that the last words before a fatal exit are there.
/// </summary>
internal sealed class ZapLoggerProvider : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly List<Stream> _outputs = [];
    private readonly IClock _clock;
    private readonly bool _json;

    public ZapLoggerProvider(IReadOnlyList<string> outputs, string level, string format, IClock clock)
    {
        _clock = clock;
        _json = format == "json";
        Minimum = level switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.Critical,
        };
        foreach (var output in outputs.Distinct(StringComparer.Ordinal))
        {
            _outputs.Add(
                output switch
                {
                    "stdout" => Console.OpenStandardOutput(),
                    "default" or "stderr" or "systemd/journal" => Console.OpenStandardError(),
                    _ => new FileStream(output, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
                }
            );
        }
    }

    public LogLevel Minimum { get; }

    public ILogger CreateLogger(string categoryName) => new ZapLogger(this, CallerOf(categoryName));

    public void Dispose()
    {
        lock (_gate)
        {
            _outputs.ForEach(output => output.Dispose());
            _outputs.Clear();
        }
    }

    internal void Write<TState>(
        LogLevel level,
        string caller,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (_gate)
        {
            _line.ResetWrittenCount();
            if (_json)
            {
                ZapLine.Write(_line, _clock.UtcNow, level, caller, state, exception, formatter);
            }
            else
            {
                WriteConsoleLine(level, caller, formatter(state, exception), exception);
            }

            foreach (var output in _outputs)
            {
                output.Write(_line.WrittenSpan);
                output.Flush();
            }
        }
    }

    private void WriteConsoleLine(LogLevel level, string caller, string message, Exception? exception)
    {
        var time = _clock.UtcNow.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var error = exception is null ? "" : $"\t{exception.Message}";
        _line.Write(Encoding.UTF8.GetBytes($"{time}\t{ZapLine.NameOf(level)}\t{caller}\t{message}{error}\n"));
    }

    /// <summary>The room and the file that a category stands for: <c>EtcdSharp.Server.Node.RaftLoop</c> becomes <c>node/RaftLoop.cs</c>.</summary>
    private static string CallerOf(string category)
    {
        var parts = category.Split('.');
        return parts.Length == 1 ? category : $"{parts[^2].ToLowerInvariant()}/{parts[^1]}.cs";
    }
}
