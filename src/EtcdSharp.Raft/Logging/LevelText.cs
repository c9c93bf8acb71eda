using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtcdSharp.Raft.Logging;

/// <summary>A text in the making, or nothing at all when its level is not enabled.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct LevelText
{
    private DefaultInterpolatedStringHandler _text;

    public LevelText(int literalLength, int formattedCount, RaftLogger logger, RaftLogLevel level)
    {
        IsEnabled = logger.IsEnabled(level);
        if (IsEnabled)
        {
            _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }
    }

    public bool IsEnabled { get; }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string format) => _text.AppendFormatted(value, format);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
