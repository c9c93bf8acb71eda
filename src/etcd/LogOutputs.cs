using EtcdSharp.Platform;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Logging;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcd;

internal static class LogOutputs
{
    /// <summary>The loggers of the program; null and what is wrong when an output cannot be written.</summary>
    public static ILoggerFactory? Open(EtcdConfiguration configuration, out string? problem)
    {
        problem = null;
        try
        {
            var zap = new ZapLoggerProvider(
                configuration.LogOutputs,
                configuration.LogLevel,
                configuration.LogFormat,
                SystemClock.Instance
            );
            return LoggerFactory.Create(builder =>
                builder.AddProvider(zap).SetMinimumLevel(zap.Minimum).AddFilter("Microsoft", LogLevel.Error)
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"--log-outputs cannot be written: {exception.Message}";
            return null;
        }
    }
}
