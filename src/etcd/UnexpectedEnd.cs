using EtcdSharp.CommandLine;
using EtcdSharp.Server.Logging;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcd;

/// <summary>
/// The last-resort handler: an exception that nothing has caught, on whatever thread, becomes a line in the log with its
/// trace, one line in plain words and exit code 1. A stack overflow reaches no handler, and an end of memory need not:
/// those the runtime tells in its own words.
/// </summary>
internal sealed class UnexpectedEnd
{
    private ILogger? _logger;
    private LogOutputs? _logs;

    public static UnexpectedEnd Guard()
    {
        var end = new UnexpectedEnd();
        AppDomain.CurrentDomain.UnhandledException += end.OnUnhandled;
        TaskScheduler.UnobservedTaskException += end.OnUnobserved;
        return end;
    }

    /// <summary>From now on there is a log to put it into.</summary>
    public void LogTo(ILogger logger, LogOutputs logs)
    {
        _logger = logger;
        _logs = logs;
    }

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs last)
    {
        if (_logger is not null)
        {
            StartLog.Unexpected(_logger, last.ExceptionObject as Exception);
            _logs!.Close();
        }

        LastWords.Say(
            $"etcd: {LastResort.Describe(last.ExceptionObject)}; this is a fault of etcd: please report it with the log"
        );
        Environment.Exit(ExitCodes.CannotGoOn);
    }

    /// <summary>The runtime goes on after such a failure. So does the member: what it cannot be without has an owner that ends it.</summary>
    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs failed)
    {
        if (_logger is not null)
        {
            StartLog.Unobserved(_logger, failed.Exception);
        }

        failed.SetObserved();
    }
}
