using EtcdSharp.Node.Loops;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Snapshots;

/// <summary>
/// Lets the log be short: every so many applied entries the backend is made durable, a snapshot file says from where
/// the log is needed, and what lies before it may go, in memory and on disk. Also takes the store for a member that the
/// log does not reach back far enough for. A thread of its own does the work.
/// </summary>
/// <remarks>
/// The order must hold: the backend durable up to the index, the file durable, the mark in the log, and only then
/// the release of older segments. A crash in between leaves more log than needed, never less.
/// <para>
/// After the cluster's version has fallen the log may be of any length, but an older release must not read in it what set
/// the version before. So a snapshot is taken at once, and when it is recorded the storage version falls too, which tells
/// the older release that it may start here.
/// </para>
/// </remarks>
internal sealed class SnapshotLoop
{
    /// <summary>
    /// Snapshots that may wait for the disk at once, each with a membership and no data. When the disk is further behind, one
    /// is left out, which leaves the log longer than it need be; etcd holds up what is applied instead.
    /// </summary>
    private const int UnderWayMax = 8;

    private readonly BackendStore _backend;
    private readonly MemoryStorage _storage;
    private readonly SnapshotDirectory _directory;
    private readonly LogWriter _writer;
    private readonly ClusterState _cluster;
    private readonly IPeerTransport _transport;
    private readonly FilePurge _purge;
    private readonly IClock _clock;
    private readonly NodeOptions _options;
    private readonly ILogger _logger;
    private readonly Action<string, Exception> _fatal;
    private readonly Inbox<Action> _inbox;
    private readonly Thread? _thread;

    private List<Action> _taken = [];
    private ulong _lastIndex;
    private bool _isForced;
    private int _forces;
    private int _underWay;
    private bool _stopping;

    public SnapshotLoop(
        BackendStore backend,
        MemoryStorage storage,
        SnapshotDirectory directory,
        LogWriter writer,
        ClusterState cluster,
        IPeerTransport transport,
        FilePurge purge,
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
        _writer = writer;
        _cluster = cluster;
        _transport = transport;
        _purge = purge;
        _lastIndex = lastIndex;
        _clock = clock;
        _options = options;
        _logger = logger;
        _fatal = fatal;
        _inbox = new Inbox<Action>(options.Simulation?.WhenWanted(NodeLoop.Snapshots));
        _thread = options.Simulation is null ? new Thread(Run) { Name = "snapshots", IsBackground = true } : null;
    }

    /// <summary>What the log in memory is kept for beyond <see cref="NodeOptions.SnapshotCatchUpEntries"/>.</summary>
    public LogHold Hold { get; } = new();

    public void Start() => _thread?.Start();

    /// <summary>A turn without waiting, in a simulation.</summary>
    public void RunOnce() => Work(timeoutMs: 0);

    /// <summary>
    /// Ends the thread, once what it was asked for is saved: a member may be stopped to be started as an older release. After
    /// the apply loop has ended, and before the log writer does.
    /// </summary>
    public void Stop()
    {
        Volatile.Write(ref _stopping, true);
        _inbox.Signal();
        if (_thread?.IsAlive == true)
        {
            _thread.Join();
        }
        else
        {
            Work(timeoutMs: 0);
        }
    }

    /// <summary>After the log writer has ended: what is to follow on snapshots that it has recorded meanwhile.</summary>
    public void Finish() => Work(timeoutMs: 0);

    /// <summary>Apply loop: a snapshot is wanted after this batch, whatever the length of the log. Also before the start.</summary>
    public void Force()
    {
        _isForced = true;
        Volatile.Write(ref _forces, _forces + 1);
    }

    /// <summary>Apply loop, after a batch: begins a snapshot when enough was applied since the last one, or it is forced.</summary>
    public void Applied(ulong index, ulong term, ConfState configuration)
    {
        if (!_isForced && (index - _lastIndex <= _options.SnapshotCount || Volatile.Read(ref _underWay) >= UnderWayMax))
        {
            return;
        }

        Begin(index, term, configuration);
    }

    /// <summary>
    /// Before the start: the snapshot that an earlier run was to take, or the rest of what was to follow on it, when it was
    /// ended before.
    /// </summary>
    public void Resume(ulong index, ulong term, ConfState configuration)
    {
        Force();
        if (index > _lastIndex)
        {
            Begin(index, term, configuration);
        }
        else
        {
            _isForced = false;
            _inbox.Add(() => LowerStorageVersion(_forces));
        }
    }

    /// <summary>
    /// Apply loop: takes the store for another member and sends it. What goes with it is read from the store that is sent, so
    /// that it may be taken later, without holding the apply loop up for a commit.
    /// </summary>
    public void Send(Message asked)
    {
        Hold.Begin();
        _inbox.Add(() => SendNow(asked));
    }

    private void Begin(ulong index, ulong term, ConfState configuration)
    {
        NodeLog.SnapshotTriggered(
            _logger,
            MemberIds.ToText(_cluster.LocalId),
            index,
            _lastIndex,
            _options.SnapshotCount,
            _isForced
        );
        int? force = _isForced ? _forces : null;
        _isForced = false;
        _lastIndex = index;
        Interlocked.Increment(ref _underWay);

        // The membership must be that of the index: what comes after it is in the log and will be applied to it again.
        var (metadata, view) = (new SnapshotMetadata(configuration, index, term), _cluster.View);
        _inbox.Add(() => Save(metadata, view, force));
    }

    private void Run()
    {
        try
        {
            while (!Volatile.Read(ref _stopping))
            {
                Work(_purge.NextInMs);
            }

            Work(timeoutMs: 0);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _fatal("saving a snapshot", e);
        }
    }

    private void Work(int timeoutMs)
    {
        _inbox.Take(ref _taken, timeoutMs);
        foreach (var task in _taken)
        {
            task();
        }

        _purge.RunIfDue();
    }

    /// <param name="force">The number of the wish that this snapshot fulfils; null for none.</param>
    private void Save(SnapshotMetadata metadata, ClusterView view, int? force)
    {
        _backend.ForceCommit();
        _directory.Save(new Snapshot(V2StoreDocument.Write(view.ToV2()), metadata));
        _writer.Post(log =>
        {
            // A snapshot of another member may have overtaken this one. A start takes the last mark, whose log must be there.
            var isNewest = metadata.Index > log.SnapshotIndex;
            if (isNewest)
            {
                log.SaveSnapshot(new WalSnapshotMark(metadata.Index, metadata.Term, metadata.ConfState));
                log.ReleaseLockTo(metadata.Index);
            }

            _inbox.Add(() => Saved(metadata, force, isNewest));
        });
    }

    private void Saved(SnapshotMetadata metadata, int? force, bool isRecorded)
    {
        Interlocked.Decrement(ref _underWay);
        if (!isRecorded)
        {
            return;
        }

        NodeLog.SnapshotSaved(_logger, metadata.Index);
        _directory.ReleaseDatabases(metadata.Index);
        if (force is { } wish)
        {
            LowerStorageVersion(wish);
        }

        _storage.CreateSnapshot(metadata.Index, metadata.ConfState, ReadOnlyMemory<byte>.Empty);
        if (Hold.Holds(_clock.MonotonicNanoseconds))
        {
            NodeLog.LogHeld(_logger);
        }
        else if (metadata.Index > _options.SnapshotCatchUpEntries)
        {
            _storage.Compact(metadata.Index - _options.SnapshotCatchUpEntries);
        }
    }

    private void LowerStorageVersion(int force)
    {
        if (_cluster.LowerStorageVersion(() => force == Volatile.Read(ref _forces)) is not { } before)
        {
            return;
        }

        var (view, now) = (_cluster.View, _cluster.StorageVersion.ToString());
        VersionLog.StorageDiffers(_logger, now, before.ToString());
        _backend.ForceCommit();
        VersionLog.StorageUpdated(_logger, now);
        if (view.Downgrade.Enabled)
        {
            VersionLog.Ready(_logger, view.Downgrade.TargetVersion, _cluster.ServerVersion.ToString());
        }
    }

    private void SendNow(Message asked)
    {
        var store = _backend.Snapshot();
        store.Ended = Hold.End;
        var view = ClusterState.Load(store);
        var metadata = new SnapshotMetadata(view.Configuration, store.ConsistentIndex, store.ConsistentTerm);
        var message = new Message
        {
            Type = MessageType.MsgSnap,
            To = asked.To,
            From = asked.From,
            Term = asked.Term,
            Snapshot = new Snapshot(V2StoreDocument.Write(view.ToV2()), metadata),
        };
        _transport.SendSnapshot(message, store);
    }
}
