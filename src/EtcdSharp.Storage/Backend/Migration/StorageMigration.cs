using System.Text;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Backend.Migration;

/// <summary>Moves the storage of a member that is not running to another version.</summary>
internal static class StorageMigration
{
    /// <summary>Term and applied index of a store that no member has opened yet are missing, and with them the sign of 3.5.</summary>
    private const string NoTerm = "missing term information";

    /// <param name="disk">The disk that holds the directory.</param>
    /// <param name="data">The data directory.</param>
    /// <param name="target">The version that the storage is to have, 3.5 or newer.</param>
    /// <param name="force">Record the version even when the migration is refused.</param>
    /// <exception cref="FileNotFoundException">The directory holds no store.</exception>
    /// <exception cref="BoltLockedException">A member is running on it.</exception>
    /// <exception cref="WalException">The log cannot be read, which is needed unless the version is up to date.</exception>
    /// <exception cref="IOException">The store cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">An entry of the log, or the version recorded in the store, makes no sense.</exception>
    public static MigrationResult Run(IDisk disk, DataDirectory data, StorageVersion target, bool force)
    {
        if (!data.HasStore)
        {
            throw new FileNotFoundException($"stat {data.StorePath}: no such file or directory", data.StorePath);
        }

        using var store = BoltFile.Open(disk, data.StorePath, new BoltOptions());
        if (Detect(store) is not { } current)
        {
            return new MigrationResult(MigrationOutcome.NotDetected, null, [], NoTerm);
        }

        if (current == target)
        {
            return new MigrationResult(MigrationOutcome.UpToDate, current, []);
        }

        var plan = MigrationPlan.Find(current, target, LogRelease.OldestReader(ReadLog(disk, data)));
        if (plan.Problem is not null && !force)
        {
            return new MigrationResult(MigrationOutcome.Refused, current, [], plan.Problem);
        }

        Record(store, target);
        return plan.Problem is null
            ? new MigrationResult(MigrationOutcome.Migrated, current, plan.Steps)
            : new MigrationResult(MigrationOutcome.Forced, current, [], plan.Problem);
    }

    /// <summary>The version that a store has; null when it does not tell.</summary>
    public static StorageVersion? Detect(BoltFile store)
    {
        using var read = store.BeginRead();
        return read.Bucket(BucketNames.Of(BackendBucket.Meta)) is { } meta ? StorageVersion.Detect(meta) : null;
    }

    private static List<Raft.Entry> ReadLog(IDisk disk, DataDirectory data)
    {
        var snapshots = WalReading.ValidSnapshots(disk, data.WalPath);
        return WalReading.ReadAll(disk, data.WalPath, snapshots.Count == 0 ? default : snapshots[^1]).Entries;
    }

    /// <summary>One transaction for all steps: whatever happens, the store has the version before or the one wanted.</summary>
    private static void Record(BoltFile store, StorageVersion version)
    {
        using var write = store.BeginWrite();
        var meta = write.Bucket(BucketNames.Of(BackendBucket.Meta))!;
        if (version < StorageVersion.V3_6)
        {
            meta.Delete(MetaKeys.StorageVersion);
        }
        else
        {
            meta.Put(MetaKeys.StorageVersion, Encoding.ASCII.GetBytes(version.ToString()));
        }

        write.Commit();
    }
}
