using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>The options of <c>del</c>, on the command line and within a transaction.</summary>
internal sealed class DelArguments(FlagSet flags)
{
    /// <summary>How long a user who meant something else may still interrupt.</summary>
    private static readonly TimeSpan s_secondThought = TimeSpan.FromSeconds(2);

    private readonly BoolFlag prefix = flags.Bool("prefix", "delete keys with matching prefix");
    private readonly BoolFlag previous = flags.Bool("prev-kv", "return deleted key-value pairs");
    private readonly BoolFlag fromKey = flags.Bool(
        "from-key",
        "delete keys that are greater than or equal to the given key using byte compare"
    );

    private readonly BoolFlag range = flags.Bool("range", "delete range of keys");

    /// <exception cref="CommandFailure">They make no sense together.</exception>
    public async Task<(KeyRange Range, DeleteOptions Options)> ReadAsync(IReadOnlyList<string> arguments, Output error)
    {
        if (arguments.Count is 0 or > 2)
        {
            throw new CommandFailure(
                ExitCode.BadArguments,
                "del command needs one argument as key and an optional argument as range_end"
            );
        }

        RangeArguments.RefuseBoth(prefix, fromKey);
        RangeArguments.RefuseEnd(arguments, prefix, fromKey);
        if (arguments.Count > 1 && !range.Value)
        {
            error.WriteLine(
                $"Warning: Keys between {GoQuote.Of(arguments[0])} and {GoQuote.Of(arguments[1])} will be deleted. "
                    + "Please interrupt the command within next 2 seconds to cancel. "
                    + "You can provide `--range` flag to avoid the delay."
            );
            await Task.Delay(s_secondThought);
        }

        return (
            RangeArguments.Read(arguments, prefix.Value, fromKey.Value),
            new DeleteOptions { PreviousValues = previous.Value }
        );
    }
}
