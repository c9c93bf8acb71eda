namespace EtcdSharp.Server.Configuration;

/// <summary>
/// The command line in the form that etcd's users and unit files write: <c>--name=value</c>, <c>--name value</c>, with
/// one dash or two, and switches without a value. General command line libraries read <c>-name</c> as five short
/// options, so this form is read here.
/// </summary>
internal sealed class CommandLine(FlagSet flags)
{
    private const string ConfigFileFlag = "config-file";
    private const string VersionFlag = "version";

    private readonly List<(FlagDefinition Flag, string Text)> _flags = [];
    private readonly List<string> _ignored = [];

    public IReadOnlyList<(FlagDefinition Flag, string Text)> Flags => _flags;

    /// <summary>Flags of old releases that were given and do nothing.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    public ConfigurationRequest Request { get; private set; }

    public string? ConfigFile { get; private set; }

    /// <summary>What cannot be read; null when all can.</summary>
    public string? Error { get; private set; }

    /// <summary>The first argument that is no flag, where flags end.</summary>
    public string? Surplus { get; private set; }

    public static CommandLine Parse(IReadOnlyList<string> arguments, FlagSet flags)
    {
        var line = new CommandLine(flags);
        var index = 0;
        while (index < arguments.Count && line.Take(arguments, ref index)) { }

        return line;
    }

    /// <summary>Reads one flag and its value; whether another may follow.</summary>
    private bool Take(IReadOnlyList<string> arguments, ref int index)
    {
        var argument = arguments[index];
        if (argument == "--" || argument.Length < 2 || argument[0] != '-')
        {
            Surplus = argument == "--" ? arguments.ElementAtOrDefault(index + 1) : argument;
            return false;
        }

        index++;
        var nameAndValue = argument[(argument[1] == '-' ? 2 : 1)..];
        if (nameAndValue[0] is '-' or '=')
        {
            Error = $"bad flag syntax: {argument}";
            return false;
        }

        var equals = nameAndValue.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? nameAndValue : nameAndValue[..equals];
        var text = equals < 0 ? null : nameAndValue[(equals + 1)..];
        if (name is "h" or "help")
        {
            Request = ConfigurationRequest.PrintHelp;
            return false;
        }

        if (name == VersionFlag)
        {
            return TakeVersion(text ?? "true");
        }

        if (FlagTable.Ignored.Contains(name))
        {
            _ignored.Add(name);
            return true;
        }

        if (!flags.ByName.TryGetValue(name, out var flag) && name != ConfigFileFlag)
        {
            Error = $"flag provided but not defined: -{name}";
            return false;
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
                return false;
            }
        }

        Keep(flag, text);
        return Error is null;
    }

    private bool TakeVersion(string text)
    {
        if (!FlagDefinition.TryParseBoolean(text, out var isAsked))
        {
            Error = $"invalid boolean value \"{text}\" for -{VersionFlag}: {GoNumber.ParseError}";
            return false;
        }

        Request = isAsked ? ConfigurationRequest.PrintVersion : ConfigurationRequest.Start;
        return true;
    }

    private void Keep(FlagDefinition? flag, string text)
    {
        if (flag is null)
        {
            ConfigFile = text;
        }
        else if (flag.Check(text) is { } problem)
        {
            Error = flag.Refusal(text, problem);
        }
        else
        {
            _flags.Add((flag, text));
        }
    }
}
