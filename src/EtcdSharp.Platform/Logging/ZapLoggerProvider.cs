using System.Buffers;
using System.Globalization;
using System.Text;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Linux;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Platform.Logging;

/// <summary>
/// Log lines in etcd's shape on standard output, standard error or in files. A line is put together before the call
/// returns and written by the thread of its output (<see cref="LogSink"/>): to log neither fails nor waits for an output.
/// </summary>
internal sealed class ZapLoggerProvider : ILoggerProvider
{
    /// <summary>
    /// How long the end of the process waits for lines to be written: a full queue of 1 MiB at 0.5 MB/s, which is less than
    /// any disk or terminal does.
    /// </summary>
    public static readonly TimeSpan FlushTimeMax = TimeSpan.FromSeconds(2);

    /// <summary>Beyond it a line's buffer is not kept for the next.</summary>
    private const int LineBytesKept = 64 * 1024;

    private const int LineBytesUsual = 1024;

    private readonly Lock _gate = new();
    private readonly List<LogSink> _sinks = [];
    private readonly IClock _clock;
    private readonly bool _json;
    private bool _closed;
    private ArrayBufferWriter<byte> _line = new(LineBytesUsual);

    public ZapLoggerProvider(IReadOnlyList<string> outputs, string level, string format, IClock clock)
        : this(outputs.Distinct(StringComparer.Ordinal).Select(Open), level, format, clock) { }

    internal ZapLoggerProvider(IEnumerable<Stream> outputs, string level, string format, IClock clock)
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
        foreach (var output in outputs.ToList())
        {
            _sinks.Add(new LogSink(output, NoticeOfDropped));
        }

        // Whoever ends the process on the spot says why in a line before.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public LogLevel Minimum { get; }

    public ILogger CreateLogger(string categoryName) => new ZapLogger(this, CallerOf(categoryName));

    /// <summary>Waits until all lines are written, for <see cref="FlushTimeMax"/> at most. What is logged after it is dropped.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, true))
        {
            return;
        }

        var end = Environment.TickCount64 + (long)FlushTimeMax.TotalMilliseconds;
        foreach (var sink in _sinks)
        {
            sink.Close(TimeSpan.FromMilliseconds(Math.Max(0, end - Environment.TickCount64)));
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Close();
        _sinks.ForEach(sink => sink.Dispose());
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
            try
            {
                WriteLine(level, caller, state, exception, formatter);
            }
            catch (Exception failure)
            {
                // A value that cannot be shown, such as a list that changes meanwhile, is no reason for who logs to fail.
                KeyValuePair<string, object?>[] fields = [new("problem", failure.Message)];
                WriteLine(LogLevel.Error, caller, fields, null, static (_, _) => "a log line could not be put together");
            }

            foreach (var sink in _sinks)
            {
                sink.Add(_line.WrittenSpan);
            }
        }
    }

    private static Stream Open(string output) =>
        output switch
        {
            "stdout" => StandardStreams.Output,
            "default" or "stderr" or "systemd/journal" => StandardStreams.Error,
            _ when OperatingSystem.IsLinux() => DescriptorStream.Append(output),
            _ => new FileStream(output, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
        };

    private void OnProcessExit(object? sender, EventArgs e) => Close();

    private void WriteLine<TState>(
        LogLevel level,
        string caller,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (_line.Capacity > LineBytesKept)
        {
            _line = new ArrayBufferWriter<byte>(LineBytesUsual);
        }

        _line.ResetWrittenCount();
        if (_json)
        {
            ZapLine.Write(_line, _clock.UtcNow, level, caller, state, exception, formatter);
        }
        else
        {
            WriteConsoleLine(_line, level, caller, formatter(state, exception), exception);
        }
    }

    private byte[] NoticeOfDropped(long lines, string reason)
    {
        const string Message = "dropped log lines that could not be written";
        var line = new ArrayBufferWriter<byte>();
        var caller = CallerOf(typeof(LogSink).FullName!);
        if (_json)
        {
            KeyValuePair<string, object?>[] fields = [new("dropped-lines", lines), new("reason", reason)];
            ZapLine.Write(line, _clock.UtcNow, LogLevel.Warning, caller, fields, null, static (_, _) => Message);
        }
        else
        {
            WriteConsoleLine(line, LogLevel.Warning, caller, $"{Message}\t{lines}\t{reason}", null);
        }

        return line.WrittenSpan.ToArray();
    }

    private void WriteConsoleLine(IBufferWriter<byte> line, LogLevel level, string caller, string message, Exception? exception)
    {
        var time = _clock.UtcNow.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var error = exception is null ? "" : $"\t{exception.Message}";
        line.Write(Encoding.UTF8.GetBytes($"{time}\t{ZapLine.NameOf(level)}\t{caller}\t{message}{error}\n"));
    }

    /// <summary>The room and the file that a category stands for: <c>EtcdSharp.Node.Loops.RaftLoop</c> becomes <c>node/RaftLoop.cs</c>.</summary>
    private static string CallerOf(string category)
    {
        var parts = category.Split('.');
        return parts.Length == 1 ? category : $"{parts[^2].ToLowerInvariant()}/{parts[^1]}.cs";
    }
}
