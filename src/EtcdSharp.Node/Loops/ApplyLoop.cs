using EtcdSharp.Node.Proposals;
using EtcdSharp.Node.Reads;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Node.Loops;

/// <summary>
/// The thread that applies committed entries, in log order. The store's changes and the index of the entry get into
/// the same batch of the backend, so that after a crash no entry is applied twice and none is left out.
/// </summary>
internal sealed class ApplyLoop
{
    /// <summary>Readers that wait for an index and callers of finished requests are let go at the latest after this many entries.</summary>
    private const int EntriesBetweenWakeups = 64;

    /// <summary>Nested transactions are followed down by recursion: 5,000 levels of at most 1.5 KB are 8 MB. Not taken before it is used.</summary>
    public const int StackBytes = 32 * 1024 * 1024;

    private readonly Inbox<Message> _inbox;
    private readonly IStateMachine _machine;
    private readonly BackendStore _backend;
    private readonly RaftLoop _loop;
    private readonly NodeState _state;
    private readonly WaiterTable _waiters;
    private readonly AppliedWaiters _applied;
    private readonly Action<string, Exception> _fatal;
    private readonly Thread? _thread;
    private List<Message> _taken = [];
    private int _takenDone;
    private readonly List<PendingRequest> _configurations = [];
    private CompletionBatch? _completions;
    private bool _stopping;
    private bool _halted;

    /// <param name="fatal">Called when an entry cannot be applied; it must end the process.</param>
    public ApplyLoop(
        IStateMachine machine,
        BackendStore backend,
        RaftLoop loop,
        NodeState state,
        WaiterTable waiters,
        AppliedWaiters applied,
        Action<string, Exception> fatal,
        NodeSimulation? simulation
    )
    {
        _inbox = new Inbox<Message>(simulation?.WhenWanted(NodeLoop.Apply));
        _machine = machine;
        _backend = backend;
        _loop = loop;
        _state = state;
        _waiters = waiters;
        _applied = applied;
        _fatal = fatal;
        _thread = simulation is null ? new Thread(Run, StackBytes) { Name = "apply-loop", IsBackground = true } : null;
    }

    /// <summary>Called on the loop after each batch of entries with the last index and term applied.</summary>
    public Action<ulong, ulong>? BatchApplied { get; set; }

    /// <summary>Called on the loop when raft sends the state to another member; what is applied is that state.</summary>
    public Action<Message>? SnapshotAsked { get; set; }

    public void Start() => _thread?.Start();

    /// <summary>Applies one message without waiting, in a simulation: what others do meanwhile comes between two. False when there was none.</summary>
    public bool RunOnce()
    {
        if (_takenDone == _taken.Count)
        {
            _takenDone = 0;
            _inbox.Take(ref _taken, timeoutMs: 0);
        }

        if (_taken.Count == 0)
        {
            return false;
        }

        Apply(_taken[_takenDone++]);
        return true;
    }

    /// <summary>From here on nothing is applied: the store is about to be replaced. Any thread.</summary>
    public void Halt() => Volatile.Write(ref _halted, true);

    /// <summary>Applies what waits and ends.</summary>
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

    /// <summary>An apply message of raft, in order. Raft bounds how many bytes of entries are under way.</summary>
    public void Add(Message apply) => _inbox.Add(apply);

    private void Run()
    {
        try
        {
            while (true)
            {
                var stopping = Volatile.Read(ref _stopping);
                _inbox.Take(ref _taken, stopping ? 0 : Timeout.Infinite);
                foreach (var message in _taken)
                {
                    Apply(message);
                }

                if (stopping && _taken.Count == 0)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Members apply the same entries; one that skips an entry it cannot apply would hold another state than
            // the rest from then on. So the thread's end is the member's end, whatever the reason.
            _fatal("applying the log", e);
        }
    }

    private void Apply(Message message)
    {
        if (Volatile.Read(ref _halted))
        {
            return;
        }

        if (message.Type == MessageType.MsgSnap)
        {
            SnapshotAsked?.Invoke(message);
            return;
        }

        var entries = message.Entries.Span;
        for (var i = 0; i < entries.Length; i++)
        {
            Apply(entries[i]);
            if (i % EntriesBetweenWakeups == EntriesBetweenWakeups - 1)
            {
                Wake();
            }
        }

        Wake();
        _loop.Step(message.Responses.Span);

        // Raft takes one configuration change at a time, so the next one must not come before this answer.
        _configurations.ForEach(Complete);
        _configurations.Clear();
        Wake();
        if (entries.Length != 0)
        {
            BatchApplied?.Invoke(entries[^1].Index, entries[^1].Term);
        }
    }

    private void Apply(in Entry entry)
    {
        if (entry.Index <= _backend.ConsistentIndex)
        {
            _state.PublishApplied(entry.Index, entry.Term);
            return;
        }

        if (entry.Index != _state.AppliedIndex + 1)
        {
            throw new RaftInvariantException($"entry {entry.Index} follows applied entry {_state.AppliedIndex}");
        }

        _backend.BeginEntry(entry.Index, entry.Term);
        var (id, result) = ApplyToMachine(entry);
        _backend.EndEntry();
        _state.PublishApplied(entry.Index, entry.Term);
        if (id != 0)
        {
            Finish(id, result, entry.Type);
        }
    }

    private (ulong Id, ApplyResult Result) ApplyToMachine(in Entry entry)
    {
        switch (entry.Type)
        {
            case EntryType.Normal when entry.Data.IsEmpty:
                _machine.ApplyEmpty(entry);
                return default;
            case EntryType.Normal:
                return ApplyRequest(entry);
            case EntryType.ConfChange:
                return RaftWire.TryDecode(entry.Data, out ConfChange? change)
                    ? (change.Id, _machine.ApplyConfiguration(entry, change, TakeEffect))
                    : throw new RaftInvariantException($"entry {entry.Index} holds no configuration change");
            default:
                throw new RaftInvariantException($"entry {entry.Index} has type {entry.Type}, which etcd never writes");
        }
    }

    private (ulong Id, ApplyResult Result) ApplyRequest(in Entry entry)
    {
        if (!RequestEncoding.TryDecode(entry.Data.Span, out var request) || request.Kind == RequestKind.None)
        {
            _machine.ApplyLegacy(entry);
            return default;
        }

        return (request.Id, _machine.Apply(entry, request, _waiters.IsWaiting(request.Id)));
    }

    /// <summary>The change counts for raft from here on. The loop never waits for this thread, so waiting for it is safe.</summary>
    private ConfState TakeEffect(ConfChange change) =>
        _loop.Call(node =>
        {
            var configuration = node.ApplyConfChange(change);
            _loop.ConfigurationChanged(configuration);
            return configuration;
        }) ?? ConfState.Empty;

    private void Finish(ulong id, in ApplyResult result, EntryType type)
    {
        if (_waiters.TryTake(id, result) is not { } request)
        {
            result.Drop();
            return;
        }

        if (_machine.MustHold(result))
        {
            _machine.Hold(request);
            return;
        }

        if (type == EntryType.ConfChange)
        {
            _configurations.Add(request);
        }
        else
        {
            Complete(request);
        }
    }

    private void Complete(PendingRequest request)
    {
        _completions ??= CompletionBatch.Rent();
        _completions.Add(request);
        if (_completions.IsFull)
        {
            Resume();
        }
    }

    private void Wake()
    {
        Resume();
        _applied.Applied();
    }

    private void Resume()
    {
        var completions = _completions;
        _completions = null;
        if (_thread is null)
        {
            completions?.Execute();
        }
        else
        {
            completions?.Queue();
        }
    }
}
