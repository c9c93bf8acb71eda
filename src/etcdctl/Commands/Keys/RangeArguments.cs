using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>Which keys the arguments of a command name.</summary>
internal static class RangeArguments
{
    public static EtcdBytes Bytes(string argument) => RawText.ToBytes(argument);

    /// <summary>A key, a key and the end of a range, a prefix, or everything from a key on.</summary>
    public static KeyRange Read(IReadOnlyList<string> arguments, bool prefix, bool fromKey)
    {
        var key = Bytes(arguments[0]);
        if (prefix)
        {
            return KeyRange.Prefix(key);
        }

        if (fromKey)
        {
            return KeyRange.From(key);
        }

        return arguments.Count > 1 && arguments[1].Length > 0 ? KeyRange.Between(key, Bytes(arguments[1])) : KeyRange.Single(key);
    }

    public static void RefuseBoth(BoolFlag prefix, BoolFlag fromKey)
    {
        if (prefix.Value && fromKey.Value)
        {
            throw new CommandFailure(
                ExitCode.BadArguments,
                "`--prefix` and `--from-key` cannot be set at the same time, choose one"
            );
        }
    }

    public static void RefuseEnd(IReadOnlyList<string> arguments, BoolFlag prefix, BoolFlag fromKey)
    {
        if (arguments.Count > 1 && (prefix.Value || fromKey.Value))
        {
            throw new CommandFailure(
                ExitCode.BadArguments,
                "too many arguments, only accept one argument when `--prefix` or `--from-key` is set"
            );
        }
    }
}
