using System.Text;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>What a command prints, raft's own log lines among it.</summary>
internal sealed class ScriptOutput : IRaftLogSink
{
    private static readonly string[] LevelNames = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE"];
    private StringBuilder _text = new();

    public int Level { get; private set; }

    /// <summary>At level NONE nothing at all is printed.</summary>
    public bool IsQuiet => Level == LevelNames.Length - 1;

    public string? SetLevel(string name)
    {
        var level = Array.FindIndex(LevelNames, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (level < 0)
        {
            return $"log levels must be either of [{string.Join(' ', LevelNames)}]";
        }

        Level = level;
        return null;
    }

    public void SetLevel(int level) => Level = level;

    public void Clear() => _text.Clear();

    public void Write(string text)
    {
        if (!IsQuiet)
        {
            _text.Append(text);
        }
    }

    public void WriteLine(string text) => Write(text + "\n");

    public bool IsEnabled(RaftLogLevel level) => Level <= (int)level;

    public void Write(RaftLogLevel level, string text) => WriteLine($"{LevelNames[(int)level]} {text}");

    public T Indented<T>(Func<T> action)
    {
        var outer = _text;
        _text = new StringBuilder();
        var result = action();
        var inner = _text.ToString();
        _text = outer;
        if (inner.Length > 0)
        {
            foreach (var line in inner.TrimEnd('\n').Split('\n'))
            {
                _text.Append("  ").Append(line).Append('\n');
            }
        }

        return result;
    }

    public override string ToString() => _text.ToString();
}
