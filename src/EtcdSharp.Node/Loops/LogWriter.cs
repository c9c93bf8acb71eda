using System.Runtime.InteropServices;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Loops;

/// <summary>
/// The thread that writes the log. Everything that came while it was syncing is one batch: one write and one
/// fdatasync, then the answers go back to the raft loop. Only what is durable is ever answered.
/// </summary>
internal sealed class LogWriter
{
    private readonly Inbox<LogWriterTask> _inbox;
    private readonly WriteAheadLog _log;
    private readonly MemoryStorage _storage;
    private readonly RaftLoop _loop;
    private readonly IPeerTransport _transport;
    private readonly SnapshotDirectory _snapshots;
    private readonly ulong _memberId;
    private readonly Action<string, Exception> _fatal;
    private readonly Thread? _thread;
    private readonly List<Message> _responses = [];
    private readonly List<Message> _answers = [];
    private readonly List<Message> _appends = [];
    private List<LogWriterTask> _taken = [];
    private bool _stopping;

    /// <param name="fatal">Called when the log cannot be written any more; it must end the process.</param>
    public LogWriter(
        WriteAheadLog log,
        MemoryStorage storage,
        RaftLoop loop,
        IPeerTransport transport,
        SnapshotDirectory snapshots,
        ulong memberId,
        Action<string, Exception> fatal,
        NodeSimulation? simulation = null
    )
    {
        _inbox = new Inbox<LogWriterTask>(simulation?.WhenWanted(NodeLoop.LogWriter));
        _transport = transport;
        _snapshots = snapshots;
        _memberId = memberId;
        _log = log;
        _storage = storage;
        _loop = loop;
        _fatal = fatal;
        _thread = simulation is null ? new Thread(Run) { Name = "log-writer", IsBackground = true } : null;
    }

    /// <summary>Called when a snapshot of another member is in the log and its store waits to be put in place.</summary>
    public Action<SnapshotMetadata>? SnapshotSaved { get; set; }

    public void Start() => _thread?.Start();

    /// <summary>A turn without waiting, in a simulation; false when nothing had come.</summary>
    public bool RunOnce()
    {
        _inbox.Take(ref _taken, timeoutMs: 0);
        Work();
        return _taken.Count != 0;
    }

    /// <summary>Writes what waits and ends. The log is the owner's to close.</summary>
    public void Stop()
    {
        Volatile.Write(ref _stopping, true);
        _inbox.Signal();
        if (_thread is null)
        {
            while (RunOnce()) { }
        }
        else if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    /// <summary>An append message of raft, in order.</summary>
    public void Add(Message append) => _inbox.Add(new LogWriterTask(append, null));

    /// <summary>Runs something that needs the log (recording a snapshot, giving up segments) between two batches.</summary>
    public void Post(Action<WriteAheadLog> action) => _inbox.Add(new LogWriterTask(null, action));

    private void Run()
    {
        try
        {
            while (true)
            {
                var stopping = Volatile.Read(ref _stopping);
                _inbox.Take(ref _taken, stopping ? 0 : Timeout.Infinite);
                if (_taken.Count != 0)
                {
                    Work();
                }
                else if (stopping)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // After a failed sync nobody knows what is on the disk (fsyncgate), so nothing may be answered any more; and
            // what else fails here leaves a batch of which nobody knows how much of it was written.
            _fatal("writing the log", e);
        }
    }

    private void Work()
    {
        foreach (var task in _taken)
        {
            if (task.Append is { } append)
            {
                _appends.Add(append);
            }
            else
            {
                WriteAppends();
                task.Action!(_log);
            }
        }

        WriteAppends();
    }

    private void WriteAppends()
    {
        if (_appends.Count == 0)
        {
            return;
        }

        var hasSnapshot = false;
        foreach (var append in _appends)
        {
            if (append.Snapshot is { } snapshot)
            {
                SaveSnapshot(snapshot);
                hasSnapshot = true;
            }

            _log.Append(append.HardState, append.Entries.Span);
        }

        if (hasSnapshot)
        {
            // A start takes only snapshots up to the commit index, so that is not left for the next batch here: the leader
            // counts this member as having everything up to the snapshot, and would not send it again.
            _log.Sync();
            _snapshots.ReleaseDatabases(_log.SnapshotIndex);
        }
        else
        {
            _log.Flush();
        }

        // Raft may read the entries once their write is answered, so they are readable before the answer leaves.
        foreach (var append in _appends)
        {
            if (append.Snapshot is { } snapshot)
            {
                _storage.ApplySnapshot(snapshot);
                SnapshotSaved?.Invoke(snapshot.Metadata);
            }

            _storage.Append(append.Entries.Span);
            Sort(append.Responses.Span);
        }

        _appends.Clear();
        if (_answers.Count != 0)
        {
            _transport.Send(CollectionsMarshal.AsSpan(_answers));
            _answers.Clear();
        }

        if (_responses.Count != 0)
        {
            _loop.Step(CollectionsMarshal.AsSpan(_responses));
            _responses.Clear();
        }
    }

    /// <summary>What is durable now may be told: to the raft loop, and to the other members.</summary>
    private void Sort(ReadOnlySpan<Message> responses)
    {
        foreach (var response in responses)
        {
            (response.To == _memberId ? _responses : _answers).Add(response);
        }
    }

    /// <summary>
    /// The file first, then the mark in the log, so that a mark always has its file. The store came before the
    /// message did; a start after a crash puts it in place as this run would.
    /// </summary>
    private void SaveSnapshot(Snapshot snapshot)
    {
        var metadata = snapshot.Metadata;
        if (!_snapshots.HasDatabase(metadata.Index))
        {
            throw new RaftInvariantException($"the store of the snapshot at index {metadata.Index} is missing");
        }

        _snapshots.Save(snapshot);
        _log.SaveSnapshot(new WalSnapshotMark(metadata.Index, metadata.Term, metadata.ConfState));
    }
}
