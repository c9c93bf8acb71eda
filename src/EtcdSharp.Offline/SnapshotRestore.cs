using System.Net;
using System.Net.Sockets;
using EtcdSharp.Platform;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Bolt;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Offline;

/// <summary>
/// Makes the data directory of a member of a new cluster out of a snapshot file. All members restore the same file;
/// as each comes to the same ids and the same first entries of the log, they agree when they start.
/// </summary>
/// <remarks>
/// The log is written last. Without it the directory cannot start, so a restore that was cut short is never taken
/// for a whole one; and one that fails takes away what it has made.
/// </remarks>
internal sealed class SnapshotRestore(IDisk disk, IClock clock, ILogger logger)
{
    /// <summary>What stands in the way, in one line; null when the directory is made.</summary>
    public string? Run(RestoreOptions options)
    {
        if (RestoredCluster.TryDescribe(options, Resolve, out var cluster) is { } wrongCluster)
        {
            return wrongCluster;
        }

        var data = new DataDirectory(disk, options.DataDirectory, options.WalDirectory);
        if (WhatIsInTheWay(data) is { } inTheWay)
        {
            return inTheWay;
        }

        OfflineLog.Restoring(logger, options.SnapshotPath, data.WalPath, data.Root, data.SnapPath, options.InitialMapBytes);
        if (CheckSource(options) is { } badSource)
        {
            return badSource;
        }

        var rootExisted = disk.DirectoryExists(data.Root);
        string? problem = null;
        var complete = false;
        try
        {
            problem = Write(options, cluster!, data);
            complete = problem is null;
        }
        finally
        {
            if (!complete)
            {
                TakeAway(data, rootExisted);
            }
        }

        if (complete)
        {
            OfflineLog.Restored(logger, options.SnapshotPath, data.WalPath, data.Root, data.SnapPath, options.InitialMapBytes);
        }

        return problem;
    }

    private static string? Resolve(string host)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return literal.ToString();
        }

        try
        {
            return Dns.GetHostAddresses(host).FirstOrDefault()?.ToString();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private string? WhatIsInTheWay(DataDirectory data)
    {
        if (disk.FileExists(data.Root) || (disk.DirectoryExists(data.Root) && disk.ListNames(data.Root).Count > 0))
        {
            return $"data-dir \"{data.Root}\" not empty or could not be read";
        }

        return disk.FileExists(data.WalPath) || disk.DirectoryExists(data.WalPath) ? $"wal-dir \"{data.WalPath}\" exists" : null;
    }

    private string? CheckSource(RestoreOptions options)
    {
        if (!disk.FileExists(options.SnapshotPath))
        {
            return disk.DirectoryExists(options.SnapshotPath)
                ? $"read {options.SnapshotPath}: is a directory"
                : $"open {options.SnapshotPath}: no such file or directory";
        }

        if (FileKinds.Of(options.SnapshotPath) == FileKind.Special)
        {
            return $"read {options.SnapshotPath}: it is a device, a pipe or a socket; a snapshot is a file";
        }

        using var source = disk.Open(options.SnapshotPath, DiskOpen.ReadExisting);
        if (source.Length < SnapshotChecksum.Bytes)
        {
            return $"seek {options.SnapshotPath}: invalid argument (the file has {source.Length} bytes: no snapshot is that short)";
        }

        return options.SkipHashCheck ? null : SnapshotChecksum.Check(source);
    }

    private string? Write(RestoreOptions options, RestoredCluster cluster, DataDirectory data)
    {
        data.Create();
        using (var source = disk.Open(options.SnapshotPath, DiskOpen.ReadExisting))
        {
            using var target = disk.Open(data.StorePath, DiskOpen.CreateNew);
            SnapshotChecksum.CopyContent(source, target);
        }

        try
        {
            new RestoredStore(disk, logger).Rewrite(data.StorePath, cluster, options);
        }
        catch (Exception damage) when (damage is BoltCorruptionException or InvalidDataException)
        {
            return $"snapshot file \"{options.SnapshotPath}\" is damaged or no snapshot of a store: {damage.Message}";
        }

        new RestoredLog(disk, clock, logger).Write(data, cluster);
        return null;
    }

    private void TakeAway(DataDirectory data, bool rootExisted)
    {
        foreach (var made in (string[])[data.WalPath, rootExisted ? data.MemberPath : data.Root])
        {
            if (disk.DirectoryExists(made))
            {
                disk.DeleteDirectory(made);
            }
        }
    }
}
