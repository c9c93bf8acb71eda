using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.CommandLine;

/// <summary>A command, which has subcommands or does something, or both.</summary>
public sealed class Command
{
    private readonly List<Command> subcommands = [];
    private readonly List<Command> added = [];

    /// <param name="use">One line on how to call it; its first word is the name.</param>
    /// <param name="summary">One line on what it does.</param>
    public Command(string use, string summary)
    {
        ArgumentException.ThrowIfNullOrEmpty(use);
        Use = use;
        Summary = summary;
        var space = use.IndexOf(' ', StringComparison.Ordinal);
        Name = space < 0 ? use : use[..space];
        Flags = new FlagSet();
        PersistentFlags = new FlagSet();
    }

    public string Name { get; }

    public string Use { get; }

    public string Summary { get; }

    /// <summary>What its own help says in place of the summary.</summary>
    public string? Description { get; init; }

    /// <summary>Lines shown in the help as they are.</summary>
    public string? Examples { get; init; }

    /// <summary>The heading under which the parent's help lists it.</summary>
    public string? GroupId { get; init; }

    /// <summary>The headings under which its own help lists its subcommands.</summary>
    public IReadOnlyList<CommandGroup> Groups { get; init; } = [];

    /// <summary>Callable, and not shown.</summary>
    public bool Hidden { get; init; }

    /// <summary>Help does not say that flags may follow.</summary>
    public bool IsUsedWithoutFlags { get; init; }

    /// <summary>Hands all arguments on unread.</summary>
    public bool TakesFlagsAsArguments { get; init; }

    /// <summary>Subcommands of older releases by name, and what is to be called in their place.</summary>
    public IReadOnlyDictionary<string, string> Moved { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What may stand as arguments, for the completion of shells.</summary>
    public IReadOnlyList<string> ValidArguments { get; init; } = [];

    /// <summary>Says what is wrong with the arguments, or null.</summary>
    public Func<Command, IReadOnlyList<string>, string?>? CheckArguments { get; init; }

    /// <summary>What it does; the result is the program's exit code. Null for a command that only has subcommands.</summary>
    public Func<CommandContext, Task<int>>? Run { get; set; }

    /// <summary>Flags of this command alone.</summary>
    public FlagSet Flags { get; }

    /// <summary>Flags of this command and all below it.</summary>
    public FlagSet PersistentFlags { get; }

    public Command? Parent { get; private set; }

    /// <summary>In the order in which they were added, in which they are suggested.</summary>
    internal IReadOnlyList<Command> Added => added;

    /// <summary>Ordered by name.</summary>
    public IReadOnlyList<Command> Subcommands => subcommands;

    public Command Root => Parent is null ? this : Parent.Root;

    /// <summary>The names from the root to here.</summary>
    public string Path => Parent is null ? Name : $"{Parent.Path} {Name}";

    /// <summary>Whether help shows it: it can be run, or one of its subcommands can.</summary>
    public bool IsAvailable => !Hidden && (Run is not null || HasAvailableSubcommands);

    public bool HasAvailableSubcommands => subcommands.Exists(static command => command.IsAvailable);

    /// <summary>Adds subcommands.</summary>
    public Command Add(params ReadOnlySpan<Command> commands)
    {
        foreach (var command in commands)
        {
            command.Parent = this;
            subcommands.Add(command);
            added.Add(command);
        }

        subcommands.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return this;
    }

    /// <summary>Flags that come from the commands above.</summary>
    public FlagSet InheritedFlags()
    {
        var inherited = new FlagSet();
        for (var above = Parent; above is not null; above = above.Parent)
        {
            AddMissing(inherited, above.PersistentFlags);
        }

        return inherited;
    }

    /// <summary>Flags that are defined here.</summary>
    public FlagSet LocalFlags()
    {
        var local = new FlagSet();
        AddMissing(local, Flags);
        AddMissing(local, PersistentFlags);
        return local;
    }

    /// <summary>All flags that the command understands.</summary>
    public FlagSet AllFlags()
    {
        var all = LocalFlags();
        AddMissing(all, InheritedFlags());
        return all;
    }

    private static void AddMissing(FlagSet into, FlagSet flags)
    {
        foreach (var flag in flags)
        {
            if (into.Find(flag.Name) is null)
            {
                into.Add(flag);
            }
        }
    }
}
