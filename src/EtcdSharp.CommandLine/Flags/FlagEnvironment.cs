using System.Collections;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>Environment variables that stand for flags: <c>ETCDCTL_DIAL_TIMEOUT</c> for <c>--dial-timeout</c>.</summary>
public static class FlagEnvironment
{
    private const string Caller = "flags/flag.go";

    public static string VariableOf(string prefix, string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        return $"{prefix}_{flag.Replace('-', '_').ToUpperInvariant()}";
    }

    /// <summary>
    /// Sets the flags that were not given. Warns of variables with the prefix that belong to no flag. A variable beside
    /// its flag ends the program: nobody could tell which of both is meant. A value that is none is passed over, as etcd
    /// does.
    /// </summary>
    /// <param name="prefix">What the variables begin with, without the underscore.</param>
    /// <param name="flags">Which flags may be set so.</param>
    /// <param name="alsoKnown">Variables that others read.</param>
    /// <param name="error">Where warnings go.</param>
    /// <exception cref="CommandFailure">A variable and its flag are both given.</exception>
    public static void Apply(string prefix, FlagSet flags, IReadOnlyCollection<string> alsoKnown, Output error)
    {
        ArgumentNullException.ThrowIfNull(flags);
        ArgumentNullException.ThrowIfNull(alsoKnown);
        ArgumentNullException.ThrowIfNull(error);
        var start = prefix + "_";
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith(start, StringComparison.Ordinal) && !alsoKnown.Contains(name))
            {
                ApplyOne(prefix, flags, name, (string?)variable.Value ?? "", error);
            }
        }
    }

    private static void ApplyOne(string prefix, FlagSet flags, string name, string value, Output error)
    {
        foreach (var flag in flags)
        {
            if (VariableOf(prefix, flag.Name) != name)
            {
                continue;
            }

            if (flag.Changed)
            {
                error.WriteLine(
                    LogLine.Of(
                        "fatal",
                        Caller,
                        "conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))",
                        ("environment-variable", name)
                    )
                );
                throw new CommandFailure(ExitCode.Error, "");
            }

            if (value.Length > 0)
            {
                _ = flag.Set(value);
                return;
            }

            break;
        }

        error.WriteLine(
            LogLine.Of("warn", Caller, "unrecognized environment variable", ("environment-variable", $"{name}={value}"))
        );
    }
}
