namespace EtcdSharp.Server.Configuration;

/// <summary>
/// The command line in the form that etcd's users and unit files write: <c>--name=value</c>, <c>--name value</c>, with
/// one dash or two, and switches without a value. General command line libraries read <c>-name</c> as five short
/// options, so this form is read here.
/// </summary>
internal sealed class CommandLine
{
    private const string ConfigFileFlag = "config-file";

    private readonly List<(FlagDefinition Flag, string Text)> _flags = [];

    public IReadOnlyList<(FlagDefinition Flag, string Text)> Flags => _flags;

    public ConfigurationRequest Request { get; private set; }

    public string? ConfigFile { get; private set; }

    public string? Error { get; private set; }

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        var index = 0;
        while (index < arguments.Count && line.Error is null)
        {
            line.Take(arguments, ref index);
        }

        return line;
    }

    private void Take(IReadOnlyList<string> arguments, ref int index)
    {
        var argument = arguments[index++];
        var dashes =
            argument.StartsWith("--", StringComparison.Ordinal) ? 2
            : argument.StartsWith('-') ? 1
            : 0;
        if (dashes == 0 || argument.Length == dashes)
        {
            Error = $"\"{argument}\" is not a valid flag";
            return;
        }

        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument[dashes..] : argument[dashes..equals];
        var text = equals < 0 ? null : argument[(equals + 1)..];
        switch (name)
        {
            case "h" or "help":
                Request = ConfigurationRequest.PrintHelp;
                return;
            case "version":
                Request =
                    text is null || (FlagDefinition.TryParseBoolean(text, out var on) && on)
                        ? ConfigurationRequest.PrintVersion
                        : Request;
                return;
        }

        FlagTable.ByName.TryGetValue(name, out var flag);
        if (flag is null && name != ConfigFileFlag && !FlagTable.Ignored.Contains(name))
        {
            Error = $"flag provided but not defined: -{name}";
            return;
        }

        if (text is null)
        {
            if (flag?.Kind == FlagKind.Boolean)
            {
                text = "true";
            }
            else if (index < arguments.Count)
            {
                text = arguments[index++];
            }
            else
            {
                Error = $"flag needs an argument: -{name}";
                return;
            }
        }

        if (flag?.Check(text) is { } problem)
        {
            Error = $"invalid value \"{text}\" for flag -{name}: {problem}";
        }
        else if (flag is not null)
        {
            _flags.Add((flag, text));
        }
        else if (name == ConfigFileFlag)
        {
            ConfigFile = text;
        }
    }
}
