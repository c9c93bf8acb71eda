using Microsoft.Extensions.Logging;

namespace EtcdSharp.Platform.Logging;

internal sealed class ZapLogger(ZapLoggerProvider provider, string caller) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Minimum && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
        {
            provider.Write(logLevel, caller, state, exception, formatter);
        }
    }
}
