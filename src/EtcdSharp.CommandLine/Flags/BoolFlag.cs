using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>A switch.</summary>
public sealed class BoolFlag : Flag
{
    public BoolFlag(string name, bool value, string usage)
        : base(name, usage)
    {
        Value = value;
        DefaultNote = value ? " (default true)" : "";
    }

    public bool Value { get; private set; }

    public override string TypeName => "";

    public override string ImpliedValue => "true";

    public override string Text => Value ? "true" : "false";

    private protected override string? Read(string text)
    {
        switch (text)
        {
            case "1" or "t" or "T" or "true" or "TRUE" or "True":
                Value = true;
                return null;
            case "0" or "f" or "F" or "false" or "FALSE" or "False":
                Value = false;
                return null;
            default:
                return $"strconv.ParseBool: parsing {GoQuote.Of(text)}: invalid syntax";
        }
    }
}
