using EtcdSharp.Raft.Core;
using EtcdSharp.Raft.Log;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft;

/// <summary>
/// One member's consensus state machine, without clock, threads or I/O: messages, ticks and proposals go in, and
/// <see cref="Ready"/> says what must be stored, sent and applied. One thread at a time may call it.
/// </summary>
/// <example>Asynchronous form, the loop of one member:
/// <code>
/// while (node.HasReady)
/// {
///     var ready = node.Ready();
///     foreach (var state in ready.ReadStates) { reads.Answer(state); }
///     foreach (var message in ready.Messages)
///     {
///         if (message.To == RaftIds.LocalAppendThread) { logWriter.Post(message); }
///         else if (message.To == RaftIds.LocalApplyThread) { applyLoop.Post(message); }
///         else { peers.Send(message); }
///     }
/// }
/// // The log writer stores message.Snapshot, message.Entries and message.HardState, then sends message.Responses: those
/// // to node's own id come back by node.Step, the others go to the peers. The apply loop does the same once it applied.
/// </code></example>
public sealed class RaftNode
{
    private readonly RaftCore _core;
    private readonly bool _isAsync;
    private readonly Ready _ready = new();
    private readonly List<Message> _stepsOnAdvance = [];
    private Entry[] _batch = [];
    private SoftState _previousSoftState;
    private HardState _previousHardState;
    private bool _awaitsAdvance;

    public RaftNode(RaftConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Validate() is { } objection)
        {
            throw new ArgumentException(objection, nameof(config));
        }

        _isAsync = config.AsyncStorageWrites;
        _core = new RaftCore(config);
        _previousSoftState = _core.SoftState;
        _previousHardState = _core.HardState;
    }

    /// <summary>True when <see cref="Ready"/> has something to say.</summary>
    public bool HasReady =>
        _core.HasMessages
        || _core.SoftState != _previousSoftState
        || (_core.HardState != _previousHardState && !_core.HardState.IsEmpty)
        || _core.Log.Unstable.NextSnapshot is not null
        || !_core.Log.Unstable.NextEntries.IsEmpty
        || _core.Log.HasNextCommitted(!_isAsync)
        || _core.HasReadStates;

    public RaftBasicStatus BasicStatus => _core.BasicStatus;

    /// <summary>Begins a new cluster with these members; only on an empty storage, and on every one of them alike.</summary>
    public void Bootstrap(ReadOnlySpan<BootstrapPeer> peers)
    {
        if (peers.IsEmpty)
        {
            throw new ArgumentException("A cluster has at least one member.", nameof(peers));
        }

        _previousHardState = default;
        _core.Bootstrap(peers);
    }

    /// <summary>One unit of time passes: election and heartbeat timers advance.</summary>
    public void Tick() => _core.Tick();

    /// <summary>Campaigns now, whatever the timer says; not as leader or learner, nor before pending membership changes are applied.</summary>
    public void Campaign() => _core.Step(new Message { Type = MessageType.MsgHup });

    /// <summary>Proposes one entry of data, whose memory must not change from now on.</summary>
    public StepResult Propose(ReadOnlyMemory<byte> data) => _core.Propose([new Entry(EntryType.Normal, 0, 0, data)]);

    /// <summary>Proposes several entries that are accepted or dropped together and travel in the same append.</summary>
    public StepResult Propose(ReadOnlySpan<ReadOnlyMemory<byte>> batch)
    {
        if (_batch.Length < batch.Length)
        {
            _batch = new Entry[Math.Max(batch.Length, _batch.Length * 2)];
        }

        for (var i = 0; i < batch.Length; i++)
        {
            _batch[i] = new Entry(EntryType.Normal, 0, 0, batch[i]);
        }

        var result = _core.Propose(_batch.AsSpan(0, batch.Length));
        Array.Clear(_batch, 0, batch.Length);
        return result;
    }

    public StepResult ProposeConfChange(ConfChange change) =>
        _core.Propose([new Entry(EntryType.ConfChange, 0, 0, RaftWire.ToBytes(change))]);

    public StepResult ProposeConfChange(ConfChangeV2 change) =>
        _core.Propose([new Entry(EntryType.ConfChangeV2, 0, 0, RaftWire.ToBytes(change))]);

    /// <summary>
    /// Puts a committed change into force and returns the configuration to remember with snapshots; called for every
    /// configuration entry that is applied, in order. One that the state machine above refuses is applied as a change of
    /// node id zero, which changes nothing.
    /// </summary>
    /// <exception cref="RaftInvariantException">The change does not fit the configuration in force.</exception>
    public ConfState ApplyConfChange(ConfChange change) => _core.ApplyConfChange(change.AsV2());

    /// <inheritdoc cref="ApplyConfChange(ConfChange)"/>
    public ConfState ApplyConfChange(ConfChangeV2 change) => _core.ApplyConfChange(change);

    /// <summary>A message from a peer, or a response from a storage thread.</summary>
    public StepResult Step(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var isFromStorage = RaftIds.IsLocalThread(message.From);
        if (message.Type.IsLocal() && !isFromStorage)
        {
            return StepResult.LocalMessage;
        }

        return message.Type.IsResponse() && !isFromStorage && !_core.IsMember(message.From)
            ? StepResult.PeerNotFound
            : _core.Step(message);
    }

    /// <summary>
    /// Takes everything that is due. The object is filled anew by the next call. In synchronous form
    /// <see cref="Advance"/> must come in between.
    /// </summary>
    public Ready Ready()
    {
        if (_awaitsAdvance)
        {
            throw new InvalidOperationException("Advance must be called before the next Ready.");
        }

        var softState = _core.SoftState;
        var hardState = _core.HardState;
        _ready.SoftState = softState == _previousSoftState ? null : softState;
        _ready.HardState = hardState == _previousHardState || hardState.IsEmpty ? null : hardState;
        _ready.Entries = _core.Log.Unstable.NextEntries;
        _ready.CommittedEntries = _core.Log.NextCommitted(!_isAsync);
        _ready.Snapshot = _core.Log.Unstable.NextSnapshot;
        _ready.MustSync =
            !_ready.Entries.IsEmpty || hardState.Vote != _previousHardState.Vote || hardState.Term != _previousHardState.Term;
        _core.TakeMessages(_ready);
        _core.TakeReadStates(_ready);
        if (_isAsync)
        {
            AddStorageMessages();
        }
        else
        {
            AddMessagesAfterAppend();
        }

        _previousSoftState = softState;
        _previousHardState = _ready.HardState ?? _previousHardState;
        _core.Accept(_ready, !_isAsync);
        return _ready;
    }

    /// <summary>Synchronous form only: the last <see cref="Ready"/> is stored, and its committed entries are applied.</summary>
    public void Advance()
    {
        if (_isAsync)
        {
            throw new InvalidOperationException("Advance is not for asynchronous storage writes: the responses take its place.");
        }

        _awaitsAdvance = false;
        foreach (var message in _stepsOnAdvance)
        {
            _core.Step(message);
        }

        _stepsOnAdvance.Clear();
    }

    /// <summary>
    /// Asks for a read index; the answer comes as a <see cref="ReadState"/> with the same context, or never when messages
    /// or leaders get lost: then ask again.
    /// </summary>
    public void ReadIndex(ReadOnlyMemory<byte> context) =>
        _core.Step(
            new Message { Type = MessageType.MsgReadIndex, Entries = new[] { new Entry(EntryType.Normal, 0, 0, context) } }
        );

    /// <summary>Asks the leader to hand over to a voter; given up after an election timeout.</summary>
    public void TransferLeader(ulong transferee) =>
        _core.Step(new Message { Type = MessageType.MsgTransferLeader, From = transferee });

    /// <summary>
    /// Makes a follower forget its leader, so that it grants votes at once although check-quorum would hold the leader's
    /// lease against the candidate.
    /// </summary>
    public void ForgetLeader() => _core.ForgetLeader();

    /// <summary>
    /// Makes a leader a follower of nobody, in the same term, as a failed check of the quorum does: for whoever knows sooner
    /// that no quorum answers.
    /// </summary>
    public void StepDown() => _core.StepDown();

    /// <summary>A message to the peer could not be delivered.</summary>
    public void ReportUnreachable(ulong id) => _core.ReportUnreachable(id);

    /// <summary>A snapshot was handed to the peer or failed to be: without the report the leader never sends to it again.</summary>
    public void ReportSnapshot(ulong id, SnapshotDelivery delivery) => _core.ReportSnapshot(id, delivery);

    public RaftStatus Status() => _core.Status();

    internal void SetRandomizedElectionTicks(int ticks) => _core.SetRandomizedElectionTicks(ticks);

    private void AddStorageMessages()
    {
        var afterAppend = _core.MessagesAfterAppend;
        var hasAppend =
            !_ready.Entries.IsEmpty || _ready.HardState is not null || _ready.Snapshot is not null || !afterAppend.IsEmpty;
        if (hasAppend)
        {
            var hardState = _ready.HardState ?? default;
            _ready.AddMessage(
                new Message
                {
                    Type = MessageType.MsgStorageAppend,
                    To = RaftIds.LocalAppendThread,
                    From = _core.Id,
                    Term = hardState.Term,
                    Vote = hardState.Vote,
                    Commit = hardState.Commit,
                    Entries = _ready.Entries,
                    Snapshot = _ready.Snapshot,
                    Responses = AppendResponses(afterAppend),
                }
            );
        }

        if (!_ready.CommittedEntries.IsEmpty)
        {
            _ready.AddMessage(
                new Message
                {
                    Type = MessageType.MsgStorageApply,
                    To = RaftIds.LocalApplyThread,
                    From = _core.Id,
                    Entries = _ready.CommittedEntries,
                    Responses = new[] { ApplyResponse() },
                }
            );
        }
    }

    private Message[] AppendResponses(ReadOnlySpan<Message> afterAppend)
    {
        var own = AppendResponse();
        if (own is null && afterAppend.IsEmpty)
        {
            return [];
        }

        var responses = new Message[afterAppend.Length + (own is null ? 0 : 1)];
        afterAppend.CopyTo(responses);
        if (own is not null)
        {
            responses[^1] = own;
        }

        return responses;
    }

    /// <summary>
    /// Names the last entry of the log even when no entry is new: an earlier acknowledgement is ignored when the entry it
    /// names was replaced, and this one may then be the first that counts. The term shows whether the entries can have
    /// been replaced since (the A-B-A problem).
    /// </summary>
    private Message? AppendResponse()
    {
        var hasUnstable = _core.Log.Unstable.Count > 0;
        if (!hasUnstable && _ready.Snapshot is null)
        {
            return null;
        }

        var last = hasUnstable ? _core.Log.LastEntryId : default;
        return new Message
        {
            Type = MessageType.MsgStorageAppendResp,
            To = _core.Id,
            From = RaftIds.LocalAppendThread,
            Term = _core.Term,
            Index = last.Index,
            LogTerm = last.Term,
            Snapshot = _ready.Snapshot,
        };
    }

    private Message ApplyResponse() =>
        new()
        {
            Type = MessageType.MsgStorageApplyResp,
            To = _core.Id,
            From = RaftIds.LocalApplyThread,
            Entries = _ready.CommittedEntries,
        };

    private void AddMessagesAfterAppend()
    {
        foreach (var message in _core.MessagesAfterAppend)
        {
            if (message.To == _core.Id)
            {
                _stepsOnAdvance.Add(message);
            }
            else
            {
                _ready.AddMessage(message);
            }
        }

        if (AppendResponse() is { } appended)
        {
            _stepsOnAdvance.Add(appended);
        }

        if (!_ready.CommittedEntries.IsEmpty)
        {
            _stepsOnAdvance.Add(ApplyResponse());
        }

        _awaitsAdvance = true;
    }
}
