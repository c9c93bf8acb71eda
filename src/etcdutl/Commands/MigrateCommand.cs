using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Offline;
using EtcdSharp.Platform;
using EtcdSharp.Programs.Etcdutl.Printing;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Backend.Migration;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal sealed class MigrateCommand
{
    private readonly GlobalOptions _options;
    private readonly StringFlag _dataDir;
    private readonly StringFlag _targetVersion;
    private readonly BoolFlag _force;

    private MigrateCommand(FlagSet flags, GlobalOptions options)
    {
        _options = options;
        _dataDir = flags.String("data-dir", "", "Path to the etcd data dir");
        _dataDir.Required = true;
        _dataDir.NamesDirectory = true;
        _targetVersion = flags.String(
            "target-version",
            "",
            "Target etcd version to migrate contents of data dir. Minimal value 3.5. Format \"X.Y\" for example 3.6."
        );
        _targetVersion.Required = true;
        _force = flags.Bool("force", "Ignore migration failure and forcefully override storage version. Not recommended.");
    }

    public static Command Create(GlobalOptions options)
    {
        var command = new Command(
            "migrate",
            "Migrates schema of etcd data dir files to make them compatible with different etcd version"
        );
        var migrate = new MigrateCommand(command.Flags, options);
        command.Run = context => Task.FromResult(migrate.Run(context));
        return command;
    }

    private int Run(CommandContext context)
    {
        var target = Target();
        var data = new DataDirectory(SystemDisk.Instance, _dataDir.Value);
        try
        {
            var result =
                StoreFile.TryOpen(
                    data.StorePath,
                    _options.LockTimeout,
                    () => StorageMigration.Run(SystemDisk.Instance, data, target, _force.Value),
                    out var problem
                ) ?? throw new CommandFailure(ExitCode.Error, problem!);
            return Tell(new ConsoleLog(context.Error, "etcdutl/migrate"), result, target);
        }
        catch (InvalidDataException damage)
        {
            throw new CommandFailure(ExitCode.Error, $"failed to read wal: {damage.Message}", damage);
        }
    }

    private StorageVersion Target()
    {
        var text = _targetVersion.Value;
        if (text.Count(letter => letter == '.') != 1)
        {
            throw Bad(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"wrong target version format, expected \"X.Y\", got {GoQuote.Of(text)}"
                )
            );
        }

        if (!StorageVersion.TryParse(text, out var target))
        {
            throw Bad($"failed to parse target version: {text}.0 is not a version: X and Y are numbers");
        }

        return target >= StorageVersion.V3_5
            ? target
            : throw Bad($"target version \"{target.ToReleaseString()}\" not supported. Minimal \"3.5\"");
    }

    private static CommandFailure Bad(string problem) => new(ExitCode.BadArguments, problem);

    private static int Tell(ConsoleLog log, MigrationResult result, StorageVersion target)
    {
        switch (result.Outcome)
        {
            case MigrationOutcome.UpToDate:
                MigrationLog.UpToDate(log, target.ToReleaseString());
                return ExitCode.Success;
            case MigrationOutcome.Migrated:
                foreach (var step in result.Steps)
                {
                    MigrationLog.Updated(log, step.ToString());
                }

                return ExitCode.Success;
            case MigrationOutcome.Forced:
                MigrationLog.Forcing(log, result.Problem!);
                if (target < StorageVersion.V3_6)
                {
                    MigrationLog.ForcefullyCleared(log);
                }
                else
                {
                    MigrationLog.ForcefullySet(log, target.ToReleaseString());
                }

                return ExitCode.Success;
            default:
                throw new CommandFailure(ExitCode.Error, result.Problem!);
        }
    }
}
