using EtcdSharp.Platform;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Storage;

/// <summary>
/// Where a member keeps its files. What keeps a second process out are the locks on the log's segments (refused with
/// <see cref="WalFault.Locked"/>) and on the store's file.
/// </summary>
internal sealed class DataDirectory
{
    private readonly IDisk _disk;

    /// <param name="disk">The disk that holds the directories.</param>
    /// <param name="path">The data directory (<c>--data-dir</c>).</param>
    /// <param name="walPath">Another place for the log (<c>--wal-dir</c>); null or empty for the usual one.</param>
    public DataDirectory(IDisk disk, string path, string? walPath = null)
    {
        _disk = disk;
        Root = path;
        MemberPath = Path.Combine(path, "member");
        SnapPath = Path.Combine(MemberPath, "snap");
        StorePath = Path.Combine(SnapPath, "db");
        WalPath = string.IsNullOrEmpty(walPath) ? Path.Combine(MemberPath, "wal") : walPath;
    }

    public string Root { get; }

    public string MemberPath { get; }

    public string WalPath { get; }

    public string SnapPath { get; }

    /// <summary>The B+tree file.</summary>
    public string StorePath { get; }

    /// <summary>True when a member has lived here before: its log decides.</summary>
    public bool HasLog => WalDirectory.HasLog(_disk, WalPath);

    public bool HasStore => _disk.FileExists(StorePath);

    /// <summary>Creates the folders, readable by their owner alone. The log's own is created with the log.</summary>
    public void Create()
    {
        CreateDurably(Root);
        CreateDurably(MemberPath);
        CreateDurably(SnapPath);
        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(WalPath)) is { Length: > 0 } walParent)
        {
            CreateDurably(walParent);
        }
    }

    /// <summary>Deletes what an interrupted reception of a snapshot or defragmentation has left.</summary>
    public void DeleteLeftovers(ILogger logger) => new SnapshotDirectory(_disk, SnapPath, logger).DeleteLeftovers();

    private void CreateDurably(string path)
    {
        if (_disk.DirectoryExists(path))
        {
            return;
        }

        _disk.CreateDirectory(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } parent)
        {
            _disk.SyncDirectory(parent);
        }
    }
}
