using System.Text;
using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.CommandLine.Help;

/// <summary>The lines of a help text that list flags.</summary>
public static class FlagUsages
{
    /// <param name="flags">Which.</param>
    /// <param name="withHidden">Those that are not shown, too.</param>
    public static string Of(FlagSet flags, bool withHidden = false)
    {
        ArgumentNullException.ThrowIfNull(flags);
        var rows = new List<(string Left, string Right)>();
        var width = 0;
        foreach (var flag in flags)
        {
            if (flag.Hidden && !withHidden)
            {
                continue;
            }

            var (valueName, usage) = Unquote(flag);
            var left = flag.Shorthand is { } letter ? $"  -{letter}, --{flag.Name}" : $"      --{flag.Name}";
            left = valueName.Length == 0 ? left : $"{left} {valueName}";
            var deprecated = flag.Deprecated is null ? "" : $" (DEPRECATED: {flag.Deprecated})";
            rows.Add((left, usage + flag.DefaultNote + deprecated));
            width = Math.Max(width, left.Length);
        }

        var text = new StringBuilder();
        foreach (var (left, right) in rows)
        {
            var indented = right.Replace("\n", "\n" + new string(' ', width + 3), StringComparison.Ordinal);
            text.Append(left.PadRight(width)).Append("   ").Append(indented).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A word in back quotes within the usage names the value.</summary>
    private static (string ValueName, string Usage) Unquote(Flag flag)
    {
        var usage = flag.Usage;
        var open = usage.IndexOf('`', StringComparison.Ordinal);
        var close = open < 0 ? -1 : usage.IndexOf('`', open + 1);
        if (close < 0)
        {
            return (flag.TypeName, usage);
        }

        var name = usage[(open + 1)..close];
        return (name, string.Concat(usage.AsSpan(0, open), name, usage.AsSpan(close + 1)));
    }
}
