using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>An option of a command, with its value.</summary>
public abstract class Flag
{
    private protected Flag(string name, string usage)
    {
        Name = name;
        Usage = usage;
    }

    public string Name { get; }

    /// <summary>A letter for <c>-x</c>, or null.</summary>
    public char? Shorthand { get; init; }

    /// <summary>What the help says of it. A word in back quotes names its value.</summary>
    public string Usage { get; }

    /// <summary>Understood, and not shown.</summary>
    public bool Hidden { get; set; }

    /// <summary>The command cannot be called without it.</summary>
    public bool Required { get; set; }

    /// <summary>Its value is a folder, for the completion of shells.</summary>
    public bool NamesDirectory { get; set; }

    /// <summary>What to use instead, where it is kept only for old scripts.</summary>
    public string? Deprecated { get; init; }

    /// <summary>Its value was given, on the command line or by a variable.</summary>
    public bool Changed { get; private set; }

    /// <summary>What its value may be, for the completion of shells.</summary>
    public IReadOnlyList<string> ValidValues { get; init; } = [];

    /// <summary>What kind of value it takes, as help names it; empty for a switch.</summary>
    public abstract string TypeName { get; }

    /// <summary>The value where the flag is given without one; null where it must have one.</summary>
    public virtual string? ImpliedValue => null;

    /// <summary>The value as text.</summary>
    public abstract string Text { get; }

    /// <summary>What help says of the default, with its parentheses; empty where that is nothing, zero or false.</summary>
    public string DefaultNote { get; private protected set; } = "";

    /// <summary>Gives it a value: null, or what is wrong with that.</summary>
    public string? Set(string text)
    {
        var problem = Read(text);
        if (problem is not null)
        {
            var name = Shorthand is { } letter ? $"-{letter}, --{Name}" : $"--{Name}";
            return $"invalid argument {GoQuote.Of(text)} for \"{name}\" flag: {problem}";
        }

        Changed = true;
        return null;
    }

    private protected abstract string? Read(string text);
}
