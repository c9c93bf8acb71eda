using System.Globalization;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>A whole number that is not negative.</summary>
public sealed class UInt64Flag : Flag
{
    public UInt64Flag(string name, ulong value, string usage)
        : base(name, usage)
    {
        Value = value;
        DefaultNote = value == 0 ? "" : $" (default {Text})";
    }

    public ulong Value { get; private set; }

    public override string TypeName => "uint";

    public override string Text => Value.ToString(CultureInfo.InvariantCulture);

    private protected override string? Read(string text)
    {
        var problem = GoInteger.ParseUnsigned(text, 0, out var value);
        Value = problem is null ? value : Value;
        return problem;
    }
}
