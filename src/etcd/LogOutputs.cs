using EtcdSharp.Platform;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Server;
using EtcdSharp.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcd;

/// <summary>The loggers of the program.</summary>
internal sealed class LogOutputs : IDisposable
{
    private readonly ZapLoggerProvider _zap;

    private LogOutputs(ZapLoggerProvider zap)
    {
        _zap = zap;
        Factory = LoggerFactory.Create(builder =>
            builder.AddProvider(zap).SetMinimumLevel(zap.Minimum).AddFilter("Microsoft", LogLevel.Error)
        );
    }

    public ILoggerFactory Factory { get; }

    /// <summary>Null and what is wrong when an output cannot be written.</summary>
    public static LogOutputs? Open(MemberOptions options, out string? problem)
    {
        problem = null;
        try
        {
            return new LogOutputs(
                new ZapLoggerProvider(
                    options.Of(FlagTable.LogOutputs),
                    options.Of(FlagTable.LogLevel),
                    options.Of(FlagTable.LogFormat),
                    SystemClock.Instance
                )
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"--log-outputs cannot be written: {exception.Message}";
            return null;
        }
    }

    /// <summary>Writes what was logged so far, within a bound: for an end of the process without the usual ways.</summary>
    public void Close() => _zap.Close();

    public void Dispose() => Factory.Dispose();
}
