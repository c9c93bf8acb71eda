using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtcdSharp.Raft.Logging;

[InterpolatedStringHandler]
[StructLayout(LayoutKind.Auto)]
internal ref struct WarningText
{
    internal LevelText Text;

    public WarningText(int literalLength, int formattedCount, RaftLogger logger, out bool isEnabled)
    {
        Text = new LevelText(literalLength, formattedCount, logger, RaftLogLevel.Warning);
        isEnabled = Text.IsEnabled;
    }

    public void AppendLiteral(string value) => Text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => Text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string format) => Text.AppendFormatted(value, format);
}
