using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal sealed class BboltCompactCommand
{
    /// <summary>Ends a transaction of very small keys, whose bytes would not, before its pages take much memory.</summary>
    private const int KeysPerCommitMax = 100_000;

    private readonly StringFlag _target;
    private readonly Int64Flag _transactionBytes;
    private readonly BoolFlag _noSync;

    private BboltCompactCommand(FlagSet flags)
    {
        _target = flags.String("output", "", "", shorthand: 'o');
        _target.Required = true;
        _transactionBytes = flags.Int64("tx-max-size", 65536, "");
        _noSync = flags.Bool("no-sync", "");
    }

    public static Command Create(GlobalOptions options)
    {
        var command = new Command(
            "compact [options] -o <dst-bbolt-file> <src-bbolt-file>",
            "creates a compacted copy of the database from source path to the destination path, preserving the original."
        )
        {
            Description =
                "Copies all buckets of a file into a new one, without the free pages and with pages filled well.\n"
                + "The source is only read.",
            CheckArguments = static (_, arguments) =>
                arguments.Count >= 1 ? null : $"requires at least 1 arg(s), only received {arguments.Count}",
        };
        var compact = new BboltCompactCommand(command.Flags);
        command.Run = context => BboltSource.Read(context.Arguments[0], options, (_, read) => compact.Run(context, read));
        return command;
    }

    private int Run(CommandContext context, BoltReadTransaction read)
    {
        if (_target.Value.Length == 0)
        {
            throw new CommandFailure(ExitCode.Error, "output file required");
        }

        if (FileKinds.Of(_target.Value) is FileKind.Special or FileKind.Directory)
        {
            throw new CommandFailure(ExitCode.Error, $"output file {_target.Value} is no regular file; name one");
        }

        if (File.Exists(_target.Value) && new FileInfo(_target.Value).Length > 0)
        {
            throw new CommandFailure(ExitCode.Error, $"output file {_target.Value} exists; name one that does not");
        }

        var options = new BoltOptions
        {
            InitialMapBytes = 0,
            GrowthBytes = 0,
            SyncFreelist = true,
            NoSync = _noSync.Value,
        };
        using (var target = BoltFile.Open(SystemDisk.Instance, _target.Value, options))
        {
            var bytes = _transactionBytes.Value > 0 ? _transactionBytes.Value : long.MaxValue;
            read.CompactInto(target, KeysPerCommitMax, bytes);
        }

        var before = new FileInfo(context.Arguments[0]).Length;
        var after = new FileInfo(_target.Value).Length;
        context.Out.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{before} -> {after} bytes (gain={(double)before / after:F2}x)")
        );
        return ExitCode.Success;
    }
}
