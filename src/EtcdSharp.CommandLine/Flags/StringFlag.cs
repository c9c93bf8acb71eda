using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>Any text.</summary>
public sealed class StringFlag : Flag
{
    public StringFlag(string name, string value, string usage)
        : base(name, usage)
    {
        Value = value;
        DefaultNote = value.Length == 0 ? "" : $" (default {GoQuote.Of(value)})";
    }

    public string Value { get; private set; }

    public override string TypeName => "string";

    public override string Text => Value;

    private protected override string? Read(string text)
    {
        Value = text;
        return null;
    }
}
