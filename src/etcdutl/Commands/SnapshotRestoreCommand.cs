using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Offline;
using EtcdSharp.Platform;
using EtcdSharp.Programs.Etcdutl.Printing;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal sealed class SnapshotRestoreCommand
{
    private const string DefaultName = "default";

    private readonly StringFlag _dataDir;
    private readonly StringFlag _walDir;
    private readonly StringFlag _cluster;
    private readonly StringFlag _token;
    private readonly StringFlag _peerUrls;
    private readonly StringFlag _name;
    private readonly BoolFlag _skipHashCheck;
    private readonly UInt64Flag _mapSize;
    private readonly UInt64Flag _bumpRevision;
    private readonly BoolFlag _markCompacted;

    private SnapshotRestoreCommand(FlagSet flags)
    {
        _dataDir = flags.String("data-dir", "", "Path to the output data directory");
        _walDir = flags.String("wal-dir", "", "Path to the WAL directory (use --data-dir if none given)");
        _dataDir.NamesDirectory = true;
        _walDir.NamesDirectory = true;
        _cluster = flags.String(
            "initial-cluster",
            $"{DefaultName}=http://localhost:2380",
            "Initial cluster configuration for restore bootstrap"
        );
        _token = flags.String(
            "initial-cluster-token",
            "etcd-cluster",
            "Initial cluster token for the etcd cluster during restore bootstrap"
        );
        _peerUrls = flags.String(
            "initial-advertise-peer-urls",
            "http://localhost:2380",
            "List of this member's peer URLs to advertise to the rest of the cluster"
        );
        _name = flags.String("name", DefaultName, "Human-readable name for this member");
        _skipHashCheck = flags.Bool(
            "skip-hash-check",
            "Ignore snapshot integrity hash value (required if copied from data directory)"
        );
        _mapSize = flags.UInt64(
            "initial-memory-map-size",
            BoltOptions.DefaultInitialMapBytes,
            "Initial memory map size of the database in bytes. It uses the default value if not defined or defined to 0"
        );
        _bumpRevision = flags.UInt64("bump-revision", 0, "How much to increase the latest revision after restore");
        _markCompacted = flags.Bool(
            "mark-compacted",
            "Mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)"
        );
    }

    public static Command Create()
    {
        var command = new Command(
            "restore <filename> --data-dir {output dir} [options]",
            "Restores an etcd member snapshot to an etcd directory"
        );
        var restore = new SnapshotRestoreCommand(command.Flags);
        command.Run = context => Task.FromResult(restore.Run(context));
        return command;
    }

    private int Run(CommandContext context)
    {
        if (context.Arguments is not [var path])
        {
            throw new CommandFailure(ExitCode.BadArguments, "snapshot restore requires exactly one argument");
        }

        if (_bumpRevision.Value > 0 != _markCompacted.Value)
        {
            throw new CommandFailure(ExitCode.BadArguments, "--mark-compacted required if --revision-bump > 0");
        }

        if (_bumpRevision.Value > long.MaxValue || _mapSize.Value > long.MaxValue)
        {
            throw new CommandFailure(ExitCode.BadArguments, "--bump-revision and --initial-memory-map-size end at 2^63-1");
        }

        var restore = new SnapshotRestore(
            SystemDisk.Instance,
            SystemClock.Instance,
            new ConsoleLog(context.Error, "snapshot/restore")
        );
        try
        {
            var problem = restore.Run(Options(path));
            return problem is null ? ExitCode.Success : throw new CommandFailure(ExitCode.Error, problem);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Error, failure.Message, failure);
        }
    }

    private RestoreOptions Options(string path) =>
        new()
        {
            SnapshotPath = path,
            Name = _name.Value,
            DataDirectory = _dataDir.Value.Length > 0 ? _dataDir.Value : $"{_name.Value}.etcd",
            WalDirectory = _walDir.Value,
            InitialCluster = _cluster.Value,
            ClusterToken = _token.Value,
            AdvertisePeerUrls = _peerUrls.Value,
            SkipHashCheck = _skipHashCheck.Value,
            InitialMapBytes = _mapSize.Value == 0 ? BoltOptions.DefaultInitialMapBytes : (long)_mapSize.Value,
            RevisionBump = _bumpRevision.Value,
        };
}
