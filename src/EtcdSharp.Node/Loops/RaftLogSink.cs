using EtcdSharp.Raft;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Loops;

/// <summary>Raft's own messages in the member's log.</summary>
internal sealed class RaftLogSink(ILogger logger) : IRaftLogSink
{
    /// <summary>Said whenever the log writer answers for entries that were handed over already, so after nearly every write.</summary>
    private const string EverydayText = "missing from unstable log; ignoring";

    public bool IsEnabled(RaftLogLevel level) => logger.IsEnabled(Map(level));

#pragma warning disable CA1848, CA2254 // The text is raft's; it is a message already, not a template.
    public void Write(RaftLogLevel level, string text) =>
        logger.Log(text.EndsWith(EverydayText, StringComparison.Ordinal) ? LogLevel.Debug : Map(level), text);
#pragma warning restore CA1848, CA2254

    private static LogLevel Map(RaftLogLevel level) =>
        level switch
        {
            RaftLogLevel.Debug => LogLevel.Debug,
            RaftLogLevel.Info => LogLevel.Information,
            RaftLogLevel.Warning => LogLevel.Warning,
            _ => LogLevel.Error,
        };
}
