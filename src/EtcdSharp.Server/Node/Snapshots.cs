using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Server.Membership;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Node;

/// <summary>
/// Lets the log be short: every so many applied entries the backend is made durable, a snapshot file says from where
/// the log is needed, and what lies before it may go, in memory and on disk. A thread of its own does the work.
/// </summary>
/// <remarks>
/// The order must hold: the backend durable up to the index, the file durable, the mark in the log, and only then
/// the release of older segments. A crash in between leaves more log than needed, never less.
/// </remarks>
internal sealed class Snapshots
{
    private const int PurgeIntervalMs = 30_000;

    private readonly BackendStore _backend;
    private readonly MemoryStorage _storage;
    private readonly SnapshotDirectory _directory;
    private readonly DataDirectory _data;
    private readonly IDisk _disk;
    private readonly LogWriter _writer;
    private readonly ClusterState _cluster;
    private readonly IClock _clock;
    private readonly NodeOptions _options;
    private readonly ILogger _logger;
    private readonly Action<string, Exception> _fatal;
    private readonly Inbox<(SnapshotMetadata Metadata, ClusterView? View)> _inbox;
    private readonly Thread? _thread;

    /// <summary>Without a membership: a snapshot that is recorded in the log by now.</summary>
    private List<(SnapshotMetadata Metadata, ClusterView? View)> _taken = [];
    private ulong _lastIndex;
    private bool _inProgress;
    private bool _stopping;

    public Snapshots(
        BackendStore backend,
        MemoryStorage storage,
        SnapshotDirectory directory,
        DataDirectory data,
        IDisk disk,
        LogWriter writer,
        ClusterState cluster,
        ulong lastIndex,
        IClock clock,
        NodeOptions options,
        ILogger logger,
        Action<string, Exception> fatal
    )
    {
        _backend = backend;
        _storage = storage;
        _directory = directory;
        _data = data;
        _disk = disk;
        _writer = writer;
        _cluster = cluster;
        _lastIndex = lastIndex;
        _clock = clock;
        _options = options;
        _logger = logger;
        _fatal = fatal;
        _inbox = new Inbox<(SnapshotMetadata, ClusterView?)>(options.Simulation?.WhenWanted(NodeLoop.Snapshots));
        _thread = options.Simulation is null ? new Thread(Run) { Name = "snapshots", IsBackground = true } : null;
    }

    /// <summary>What the log in memory is kept for beyond <see cref="NodeOptions.SnapshotCatchUpEntries"/>.</summary>
    public LogHold Hold { get; } = new();

    public void Start() => _thread?.Start();

    /// <summary>A turn without waiting, in a simulation.</summary>
    public void RunOnce() => Work(timeoutMs: 0);

    public void Stop()
    {
        Volatile.Write(ref _stopping, true);
        _inbox.Signal();
        if (_thread?.IsAlive == true)
        {
            _thread.Join();
        }
    }

    /// <summary>Apply loop, after a batch: begins a snapshot when enough was applied since the last one.</summary>
    public void Applied(ulong index, ulong term, ConfState configuration)
    {
        if (index - _lastIndex <= _options.SnapshotCount || Volatile.Read(ref _inProgress))
        {
            return;
        }

        _lastIndex = index;
        Volatile.Write(ref _inProgress, true);
        // The membership must be that of the index: what comes after it is in the log and will be applied to it again.
        _inbox.Add((new SnapshotMetadata(configuration, index, term), _cluster.View));
    }

    private void Run()
    {
        try
        {
            while (!Volatile.Read(ref _stopping))
            {
                Work(PurgeIntervalMs);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fatal("saving a snapshot", e);
        }
    }

    private void Work(int timeoutMs)
    {
        _inbox.Take(ref _taken, timeoutMs);
        foreach (var (metadata, view) in _taken)
        {
            if (view is not null)
            {
                Save(metadata, view);
            }
            else
            {
                Release(metadata);
                Volatile.Write(ref _inProgress, false);
            }
        }

        Purge();
    }

    private void Save(SnapshotMetadata metadata, ClusterView view)
    {
        _backend.ForceCommit();
        var data = V2StoreDocument.Write(Describe(view));
        _directory.Save(new Snapshot(data, metadata));
        _writer.Post(log =>
        {
            log.SaveSnapshot(new WalSnapshotMark(metadata.Index, metadata.Term, metadata.ConfState));
            log.ReleaseLockTo(metadata.Index);
            _inbox.Add((metadata, null));
        });
    }

    private void Release(SnapshotMetadata metadata)
    {
        NodeLog.SnapshotSaved(_logger, metadata.Index, metadata.Term);
        _storage.CreateSnapshot(metadata.Index, metadata.ConfState, ReadOnlyMemory<byte>.Empty);
        if (Hold.Holds(_clock.MonotonicNanoseconds))
        {
            NodeLog.LogHeld(_logger, metadata.Index);
        }
        else if (metadata.Index > _options.SnapshotCatchUpEntries)
        {
            _storage.Compact(metadata.Index - _options.SnapshotCatchUpEntries);
        }
    }

    /// <summary>Releases up to 3.6 read the membership from the snapshot, in the form of the old store.</summary>
    internal static V2Membership Describe(ClusterView view) =>
        new(
            [
                .. view.Members.Select(member => new V2Member(
                    member.Id,
                    member.PeerUrls,
                    member.IsLearner,
                    member.Name,
                    member.ClientUrls
                )),
            ],
            [.. view.Removed.Order()],
            view.Version?.ToString()
        );

    private void Purge()
    {
        try
        {
            IReadOnlyList<string> purged =
            [
                .. _directory.Purge(_options.MaxSnapshotFiles),
                .. WalDirectory.Purge(_disk, _data.WalPath, _options.MaxWalFiles),
            ];
            if (purged.Count != 0)
            {
                NodeLog.FilesPurged(_logger, purged.Count, string.Join(", ", purged));
            }
        }
        catch (IOException e)
        {
            // Old files that stay cost space, nothing else; they are tried again later.
            NodeLog.PurgeFailed(_logger, e.Message);
        }
    }
}
