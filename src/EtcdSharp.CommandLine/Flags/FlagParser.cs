namespace EtcdSharp.CommandLine.Flags;

/// <summary>
/// Reads flags and arguments in any order: <c>--flag value</c>, <c>--flag=value</c>, <c>-f value</c>, <c>-fvalue</c>, several
/// letters behind one dash; two dashes end the flags.
/// </summary>
public sealed class FlagParser(FlagSet flags, Output error)
{
    private readonly List<string> arguments = [];
    private IReadOnlyList<string> given = [];
    private int next;

    /// <summary>What is no flag.</summary>
    public IReadOnlyList<string> Arguments => arguments;

    /// <summary>Sets the flags: null, or what is wrong.</summary>
    public string? Parse(IReadOnlyList<string> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        given = all;
        next = 0;
        arguments.Clear();
        while (next < given.Count)
        {
            var one = given[next++];
            if (one.Length < 2 || one[0] != '-')
            {
                arguments.Add(one);
            }
            else if (one == "--")
            {
                arguments.AddRange(given.Skip(next));
                return null;
            }
            else if ((one[1] == '-' ? Long(one) : Letters(one)) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Long(string one)
    {
        var name = one[2..];
        if (name[0] is '-' or '=')
        {
            return $"bad flag syntax: {one}";
        }

        var equals = name.IndexOf('=', StringComparison.Ordinal);
        var value = equals < 0 ? null : name[(equals + 1)..];
        name = equals < 0 ? name : name[..equals];
        if (flags.Find(name) is not { } flag)
        {
            return $"unknown flag: --{name}";
        }

        value ??= flag.ImpliedValue ?? Next();
        return value is null ? $"flag needs an argument: --{name}" : Set(flag, value);
    }

    private string? Letters(string one)
    {
        for (var rest = one[1..]; rest.Length > 0; )
        {
            if (flags.Find(rest[0]) is not { } flag)
            {
                return $"unknown shorthand flag: '{rest[0]}' in -{rest}";
            }

            string? value;
            if (rest.Length > 2 && rest[1] == '=')
            {
                value = rest[2..];
                rest = "";
            }
            else if (flag.ImpliedValue is { } implied)
            {
                value = implied;
                rest = rest[1..];
            }
            else
            {
                value = rest.Length > 1 ? rest[1..] : Next();
                if (value is null)
                {
                    return $"flag needs an argument: '{rest[0]}' in -{rest}";
                }

                rest = "";
            }

            if (Set(flag, value) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Next() => next < given.Count ? given[next++] : null;

    private string? Set(Flag flag, string value)
    {
        var problem = flag.Set(value);
        if (problem is null && flag.Deprecated is { } instead)
        {
            error.WriteLine($"Flag --{flag.Name} has been deprecated, {instead}");
        }

        return problem;
    }
}
