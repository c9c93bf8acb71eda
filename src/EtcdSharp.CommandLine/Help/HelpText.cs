using System.Text;

namespace EtcdSharp.CommandLine.Help;

/// <summary>What help says of a command, laid out as etcd's programs do.</summary>
public static class HelpText
{
    private const int NameWidthMin = 11;

    /// <summary>What the command is for, and its usage.</summary>
    public static string Of(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var about = (command.Description ?? command.Summary).TrimEnd();
        var text = about.Length == 0 ? "" : $"{about}\n\n";
        return command.Run is not null || command.Subcommands.Count > 0 ? text + UsageOf(command) : text;
    }

    /// <summary>How it is called, its subcommands and flags.</summary>
    public static string UsageOf(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var text = new StringBuilder("Usage:");
        if (command.Run is not null)
        {
            text.Append("\n  ").Append(UseLine(command));
        }

        if (command.HasAvailableSubcommands)
        {
            text.Append("\n  ").Append(command.Path).Append(" [command]");
        }

        if (command.Examples is { } examples)
        {
            text.Append("\n\nExamples:\n").Append(examples);
        }

        if (command.HasAvailableSubcommands)
        {
            AppendSubcommands(text, command);
        }

        AppendFlags(text, "Flags", FlagUsages.Of(command.LocalFlags()));
        AppendFlags(text, "Global Flags", FlagUsages.Of(command.InheritedFlags()));
        if (command.HasAvailableSubcommands)
        {
            text.Append("\n\nUse \"").Append(command.Path).Append(" [command] --help\" for more information about a command.");
        }

        return text.Append('\n').ToString();
    }

    private static string UseLine(Command command)
    {
        var line = command.Parent is null ? command.Use : $"{command.Parent.Path} {command.Use}";
        return
            command.IsUsedWithoutFlags
            || line.Contains("[flags]", StringComparison.Ordinal)
            || !command.AllFlags().Any(static flag => !flag.Hidden)
            ? line
            : line + " [flags]";
    }

    private static void AppendSubcommands(StringBuilder text, Command command)
    {
        var width = command.Subcommands.Max(static one => one.Name.Length);
        width = Math.Max(width, NameWidthMin);
        if (command.Groups.Count == 0)
        {
            AppendList(text, "Available Commands:", command, width, static _ => true);
            return;
        }

        foreach (var group in command.Groups)
        {
            AppendList(text, group.Title, command, width, one => one.GroupId == group.Id);
        }

        if (command.Subcommands.Any(static one => one.IsAvailable && one.GroupId is null))
        {
            AppendList(text, "Additional Commands:", command, width, static one => one.GroupId is null);
        }
    }

    private static void AppendList(StringBuilder text, string title, Command command, int width, Func<Command, bool> belongs)
    {
        text.Append("\n\n").Append(title);
        foreach (var one in command.Subcommands)
        {
            if (one.IsAvailable && belongs(one))
            {
                text.Append("\n  ").Append(one.Name.PadRight(width)).Append(' ').Append(one.Summary);
            }
        }
    }

    private static void AppendFlags(StringBuilder text, string title, string flags)
    {
        if (flags.Length > 0)
        {
            text.Append("\n\n").Append(title).Append(":\n").Append(flags.TrimEnd());
        }
    }
}
