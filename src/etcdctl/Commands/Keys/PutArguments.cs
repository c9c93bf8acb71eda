using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>The options of <c>put</c>, on the command line and within a transaction.</summary>
internal sealed class PutArguments(FlagSet flags)
{
    private const string NeedsValue = "put command needs 1 argument and input from stdin or 2 arguments";

    private readonly StringFlag lease = flags.String("lease", "0", "lease ID (in hexadecimal) to attach to the key");
    private readonly BoolFlag previous = flags.Bool("prev-kv", "return the previous key-value pair before modification");
    private readonly BoolFlag keepValue = flags.Bool("ignore-value", "updates the key using its current value");
    private readonly BoolFlag keepLease = flags.Bool("ignore-lease", "updates the key using its current lease");

    /// <exception cref="CommandFailure">They make no sense together.</exception>
    public (EtcdBytes Key, EtcdBytes Value, PutOptions Options) Read(IReadOnlyList<string> arguments, Stream input)
    {
        if (arguments.Count == 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, NeedsValue);
        }

        if (keepValue.Value && arguments.Count > 1)
        {
            throw new CommandFailure(ExitCode.BadArguments, "put command needs only 1 argument when 'ignore-value' is set");
        }

        var value = keepValue.Value ? EtcdBytes.Empty : Value(arguments, input);
        if (GoInteger.ParseSigned(lease.Value, 16, out var leaseId) is { } problem)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"bad lease ID ({problem}), expecting ID in Hex");
        }

        var options = new PutOptions
        {
            Lease = leaseId,
            PreviousValue = previous.Value,
            KeepValue = keepValue.Value,
            KeepLease = keepLease.Value,
        };
        return (RangeArguments.Bytes(arguments[0]), value, options);
    }

    private static EtcdBytes Value(IReadOnlyList<string> arguments, Stream input)
    {
        if (arguments.Count > 1)
        {
            return RangeArguments.Bytes(arguments[1]);
        }

        using var all = new MemoryStream();
        input.CopyTo(all);
        return all.Length > 0 ? all.ToArray() : throw new CommandFailure(ExitCode.BadArguments, NeedsValue);
    }
}
