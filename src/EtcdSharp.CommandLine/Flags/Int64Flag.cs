using System.Globalization;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>A whole number.</summary>
public sealed class Int64Flag : Flag
{
    public Int64Flag(string name, long value, string usage)
        : base(name, usage)
    {
        Value = value;
        DefaultNote = value == 0 ? "" : $" (default {Text})";
    }

    public long Value { get; private set; }

    public override string TypeName => "int";

    public override string Text => Value.ToString(CultureInfo.InvariantCulture);

    private protected override string? Read(string text)
    {
        var problem = GoInteger.ParseSigned(text, 0, out var value);
        Value = problem is null ? value : Value;
        return problem;
    }
}
