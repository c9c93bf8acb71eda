using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace EtcdSharp.Raft.Logging;

/// <summary>The log sink as raft's code uses it: a text is put together only when its level is enabled.</summary>
[SuppressMessage("Design", "MA0008", Justification = "One reference field.")]
internal readonly struct RaftLogger(IRaftLogSink? sink)
{
    public void Debug([InterpolatedStringHandlerArgument("")] ref DebugText text) => Write(RaftLogLevel.Debug, ref text.Text);

    public void Info([InterpolatedStringHandlerArgument("")] ref InfoText text) => Write(RaftLogLevel.Info, ref text.Text);

    public void Warning([InterpolatedStringHandlerArgument("")] ref WarningText text) =>
        Write(RaftLogLevel.Warning, ref text.Text);

    public void Error(string text) => sink?.Write(RaftLogLevel.Error, text);

    internal bool IsEnabled(RaftLogLevel level) => sink is not null && sink.IsEnabled(level);

    private void Write(RaftLogLevel level, ref LevelText text)
    {
        if (text.IsEnabled)
        {
            sink!.Write(level, text.ToStringAndClear());
        }
    }
}
