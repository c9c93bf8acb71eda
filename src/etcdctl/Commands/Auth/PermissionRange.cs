using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

/// <summary>Which keys a permission is about.</summary>
internal sealed class PermissionRange(FlagSet flags, string verb)
{
    private const string BothChosen = "--from-key and --prefix flags are mutually exclusive";

    private readonly BoolFlag prefix = flags.Bool("prefix", $"{verb} a prefix permission");

    private readonly BoolFlag fromKey = flags.Bool(
        "from-key",
        $"{verb} a permission of keys that are greater than or equal to the given key using byte compare"
    );

    /// <param name="arguments">The key, and perhaps the end of a range.</param>
    /// <exception cref="CommandFailure">They do not go with the options.</exception>
    public KeyRange Read(IReadOnlyList<string> arguments)
    {
        var key = (EtcdBytes)RawText.ToBytes(arguments[0]);
        if (key.IsEmpty || arguments.Count == 1)
        {
            return prefix.Value && fromKey.Value ? throw Bad(BothChosen)
                : prefix.Value ? KeyRange.Prefix(key)
                : fromKey.Value ? KeyRange.From(key)
                : KeyRange.Single(key.IsEmpty ? new byte[1] : key);
        }

        if (prefix.Value || fromKey.Value)
        {
            throw Bad($"unexpected endkey argument with --{(prefix.Value ? "prefix" : "from-key")} flag");
        }

        return arguments[1].Length == 0 ? KeyRange.Single(key) : KeyRange.Between(key, RawText.ToBytes(arguments[1]));
    }

    private static CommandFailure Bad(string problem) => new(ExitCode.BadArguments, problem);
}
