using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>A time such as 5s or 1m30s.</summary>
public sealed class DurationFlag : Flag
{
    public DurationFlag(string name, TimeSpan value, string usage)
        : base(name, usage)
    {
        Value = value;
        DefaultNote = value == TimeSpan.Zero ? "" : $" (default {Text})";
    }

    public TimeSpan Value { get; private set; }

    public override string TypeName => "duration";

    public override string Text => GoDuration.Of(Value);

    private protected override string? Read(string text)
    {
        var problem = GoDuration.Parse(text, out var value);
        Value = problem is null ? value : Value;
        return problem;
    }
}
