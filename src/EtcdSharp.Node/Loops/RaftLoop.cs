using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Api.Errors;
using EtcdSharp.Node.Elections;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Node.Reads;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Loops;

/// <summary>
/// The thread that owns the consensus state machine. It takes everything that waits (ticks, messages, answers of the
/// storage threads, read requests, proposals) in one turn, and passes on what came of it. It never waits for the
/// disk, for the apply loop or for a client: its only wait is for something to do.
/// </summary>
internal sealed class RaftLoop
{
    /// <summary>Messages of other members that may wait; etcd's figure. Raft sends again what is dropped.</summary>
    private const int ReceivedMax = 4096;

    /// <summary>Messages handed to the transport at once; a longer list goes in several calls.</summary>
    private const int OutgoingMax = 64;

    private readonly object _gate = new();
    private readonly RaftNode _node;
    private readonly NodeState _state;
    private readonly ReadIndex _reads;
    private readonly WaiterTable _waiters;
    private readonly IPeerTransport _transport;
    private readonly IClock _clock;
    private readonly NodeOptions _options;
    private readonly ILogger _logger;
    private readonly Action<string, Exception> _fatal;
    private readonly Thread? _thread;
    private readonly NodeSimulation? _simulation;
    private readonly TickSchedule _ticks;
    private readonly EarlyElection _earlyElection = new();
    private readonly UnheardLeader _unheard;
    private readonly RequestTimeouts _timeouts;

    private RaftLoopInput _incoming = new();
    private RaftLoopInput _taken = new();
    private readonly ProposalLanes _proposals = new();
    private readonly Message[] _outgoing = new Message[OutgoingMax];
    private LogWriter? _writer;
    private ApplyLoop? _applier;
    private bool _sleeping;
    private bool _readsWaiting;
    private bool _stopping;
    private bool _stopped;
    private ulong _leader;
    private ulong _removedLeader;
    private IReadOnlyList<ulong> _voters = [];
    private bool _isJoint;
    private bool _soleVoter;
    private bool _alone;
    private bool _mayCampaignAtOnce;

    /// <param name="fatal">Called when the state machine or what it reaches for fails; it must end the process.</param>
    public RaftLoop(
        RaftNode node,
        NodeState state,
        ReadIndex reads,
        WaiterTable waiters,
        IPeerTransport transport,
        IClock clock,
        NodeOptions options,
        ILogger logger,
        Action<string, Exception> fatal
    )
    {
        _node = node;
        _state = state;
        _reads = reads;
        _waiters = waiters;
        _transport = transport;
        _clock = clock;
        _options = options;
        _logger = logger;
        _fatal = fatal;
        _ticks = new TickSchedule(options.HeartbeatMs);
        _unheard = new UnheardLeader(node, state.MemberId, transport, options.ElectionTicks);
        _timeouts = new RequestTimeouts(state, transport, clock, options);
        _reads.Attach(WakeForReads);
        _simulation = options.Simulation;
        if (_simulation is not null)
        {
            _simulation.Raft = node;
        }

        _thread = _simulation is null ? new Thread(Run) { Name = "raft-loop", IsBackground = true } : null;
    }

    /// <summary>Bytes of proposals that the loop has not taken yet.</summary>
    public long WaitingBytes => _proposals.WaitingBytes;

    /// <summary>When the next tick is due, on the member's clock. Loop only.</summary>
    public long NextTickNanoseconds => _ticks.NextNanoseconds;

    /// <summary>Called on the loop when this member has begun (true) or ceased to lead. Must be brief.</summary>
    public Action<bool>? LeadershipChanged { get; set; }

    /// <summary>Called when another member has been given the store. Any thread.</summary>
    public Action? SnapshotDelivered { get; set; }

    public void Start(LogWriter writer, ApplyLoop applier)
    {
        _writer = writer;
        _applier = applier;
        _ticks.Start(_clock.MonotonicNanoseconds);
        _mayCampaignAtOnce = _options.ElectionTickAdvance;
        Publish();
        _thread?.Start();
    }

    /// <summary>Ends the loop; what it has begun with the storage threads is lost unless they were stopped after it.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Wake();
        }

        if (_thread is null)
        {
            DrainActions();
        }
        else if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    /// <summary>A turn without waiting, in a simulation; true when there is more to do at once.</summary>
    public bool RunOnce()
    {
        if (!TakeInput(waits: false, out var readsWaiting))
        {
            return false;
        }

        WorkOn(readsWaiting);
        return HasWork();
    }

    /// <summary>False when the loop takes nothing more.</summary>
    public bool Propose(ProposalLane lane, in Proposal proposal)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return false;
            }

            (lane == ProposalLane.Priority ? _incoming.Priority : _incoming.Normal).Add(proposal);
            _proposals.Announce(proposal);
            Wake();
            return true;
        }
    }

    /// <summary>Answers of the storage threads and messages of peers.</summary>
    public void Step(ReadOnlySpan<Message> messages)
    {
        lock (_gate)
        {
            _incoming.Messages.AddRange(messages);
            Wake();
        }
    }

    /// <summary>A message of another member; false when too many wait, it is then lost.</summary>
    public bool Receive(Message message)
    {
        lock (_gate)
        {
            if (_stopping || _incoming.Messages.Count >= ReceivedMax)
            {
                return false;
            }

            _incoming.Messages.Add(message);
            Wake();
            return true;
        }
    }

    public void ReportSnapshot(ulong id, SnapshotDelivery delivery)
    {
        if (delivery == SnapshotDelivery.Delivered)
        {
            SnapshotDelivered?.Invoke();
        }

        Post(node => node.ReportSnapshot(id, delivery));
    }

    /// <summary>Nothing listens any more where a member was: if it is the leader, another one is elected at once.</summary>
    public void ReportGone(ulong id) => Post(_ => ReplaceLeader(id));

    private void ReplaceLeader(ulong gone)
    {
        var now = _node.BasicStatus.SoftState;
        if (
            _options.PreVote
            && now.Leader == gone
            && now.Role == RaftRole.Follower
            && _earlyElection.Begin(gone, _state.MemberId, _voters, _options.ElectionTicks)
        )
        {
            NodeLog.LeaderGone(_logger, MemberIds.ToText(_state.MemberId), MemberIds.ToText(gone));
            _node.ForgetLeader();
        }
    }

    /// <summary>Runs something that needs the state machine. False when the loop has ended; it then never runs.</summary>
    public bool Post(Action<RaftNode> action)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return false;
            }

            _incoming.Actions.Add(action);
            Wake();
            return true;
        }
    }

    /// <summary>Runs something on the loop and waits for it; null when the loop has ended. Never call it on the loop.</summary>
    [return: MaybeNull]
    public T Call<T>(Func<RaftNode, T> function)
    {
        var result = default(T);
        using var done = new ManualResetEventSlim();
        var accepted = Post(node =>
        {
            result = function(node);
            done.Set();
        });
        if (accepted)
        {
            if (_simulation is not null)
            {
                RunOnce();
            }

            done.Wait();
        }

        return result;
    }

    private void WakeForReads()
    {
        lock (_gate)
        {
            _readsWaiting = true;
            Wake();
        }
    }

    private void Wake()
    {
        _simulation?.Wanted(NodeLoop.Raft);
        if (_sleeping)
        {
            _sleeping = false;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        try
        {
            while (TakeInput(waits: true, out var readsWaiting))
            {
                WorkOn(readsWaiting);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Half of a turn may have been passed on. A loop that went on from here could answer what was never stored.
            _fatal("consensus", e);
        }

        DrainActions();
    }

    private void WorkOn(bool readsWaiting)
    {
        var timePassed = Tick();
        foreach (var message in _taken.Messages)
        {
            if (!IsFromRemovedLeader(message))
            {
                _unheard.Heard(message);
                StaleLog.Step(_node, message);
            }
        }

        if (timePassed)
        {
            _unheard.Tick(_voters, leads: _leader == _state.MemberId && !_isJoint);
        }

        // After the messages: who proposes a configuration change because the one before is applied must find
        // that raft knows it too.
        foreach (var action in _taken.Actions)
        {
            action(_node);
        }

        if (readsWaiting)
        {
            _reads.Ask(_node);
        }

        CampaignAtOnce();
        if (HasWork())
        {
            _proposals.DropOfOtherTerms(_node, _waiters);
            _proposals.ProposeBatch(_node);
        }

        while (_node.HasReady)
        {
            HandleReady(_node.Ready());
        }

        Publish();
    }

    private bool TakeInput(bool waits, out bool readsWaiting)
    {
        lock (_gate)
        {
            while (waits && _incoming.IsEmpty && !_readsWaiting && !_stopping && !HasWork())
            {
                var waitNanoseconds = _ticks.NextNanoseconds - _clock.MonotonicNanoseconds;
                if (waitNanoseconds <= 0)
                {
                    break;
                }

                // Rounded up: the last fraction of a millisecond before a tick would otherwise be spent going round and round.
                var waitMs = (waitNanoseconds + 999_999) / 1_000_000;

                _sleeping = true;
                Monitor.Wait(_gate, (int)Math.Min(waitMs, _options.HeartbeatMs));
                _sleeping = false;
            }

            _taken.Clear();
            (_incoming, _taken) = (_taken, _incoming);
            readsWaiting = _readsWaiting;
            _readsWaiting = false;
            _proposals.Take(_taken);
            return !_stopping;
        }
    }

    /// <summary>Proposals that were left over from a full batch go on at once, but only while someone leads.</summary>
    private bool HasWork() => _leader != RaftIds.None && _proposals.CanBeOffered;

    /// <summary>False when no time has passed for raft.</summary>
    private bool Tick()
    {
        var now = _clock.MonotonicNanoseconds;
        if (!_ticks.Take(now))
        {
            return false;
        }

        _proposals.Unblock();
        if (_leader == RaftIds.None)
        {
            _proposals.DropAbandoned(_waiters, now);
        }

        _node.Tick();
        if (_earlyElection.Tick(_node.BasicStatus.SoftState))
        {
            _node.Campaign();
        }

        _reads.Tick(_node);
        var timedOut = _waiters.Sweep(now, _timeouts.Explain);
        if (timedOut != 0)
        {
            _options.Metrics.ProposalsFailed.Add(timedOut);
        }

        return true;
    }

    /// <summary>
    /// The only voter need not wait for anyone's silence: it campaigns as soon as it has applied what the log says of
    /// the configuration.
    /// </summary>
    private void CampaignAtOnce()
    {
        if (_mayCampaignAtOnce && _soleVoter && _state.AppliedIndex >= _node.BasicStatus.HardState.Commit)
        {
            _mayCampaignAtOnce = false;
            _node.Campaign();
        }
    }

    private void HandleReady(Ready ready)
    {
        _simulation?.ReadyMade(ready);
        if (ready.SoftState is { } soft)
        {
            Lead(soft);
        }

        foreach (var answer in ready.ReadStates)
        {
            _reads.Answered(answer);
        }

        // Before a message leaves, the new state must be visible: see NodeState.AppliedStateIsCurrent.
        Publish();
        var outgoing = 0;
        foreach (var message in ready.Messages)
        {
            switch (message.To)
            {
                case RaftIds.LocalAppendThread:
                    _writer!.Add(message);
                    break;
                case RaftIds.LocalApplyThread:
                    _applier!.Add(message);
                    break;
                default:
                    if (message.Type == MessageType.MsgSnap)
                    {
                        // The store that goes with it is taken between two entries, so it comes from the apply loop.
                        _applier!.Add(message);
                        break;
                    }

                    if (outgoing == OutgoingMax)
                    {
                        Send(ref outgoing);
                    }

                    _outgoing[outgoing++] = message;
                    break;
            }
        }

        if (outgoing != 0)
        {
            Send(ref outgoing);
        }
    }

    private void Send(ref int count)
    {
        _transport.Send(_outgoing.AsSpan(0, count));
        Array.Clear(_outgoing, 0, count);
        count = 0;
    }

    private void Lead(in SoftState soft)
    {
        var ledBefore = _leader == _state.MemberId;
        if (soft.Leader != _leader)
        {
            if (soft.Leader != RaftIds.None)
            {
                _options.Metrics.LeaderChanges.Add(1);
                _state.PublishLeaderSince(_clock.MonotonicNanoseconds);
            }

            NodeLog.LeaderIs(_logger, _state.MemberId, _leader, soft.Leader, _node.BasicStatus.HardState.Term);
            _leader = soft.Leader;
            _reads.LeaderChanged();
        }

        var leads = _leader == _state.MemberId;
        if (leads != ledBefore)
        {
            _unheard.Begin();
            if (leads)
            {
                _timeouts.Elected();
            }

            Publish();
            LeadershipChanged?.Invoke(leads);
        }
    }

    /// <summary>Loop only, when a configuration change has taken effect (and once before the start).</summary>
    public void ConfigurationChanged(ConfState configuration)
    {
        var leaderIsRemoved = _voters.Contains(_leader) && !configuration.Contains(_leader);
        _voters = configuration.Voters;
        _timeouts.Members = [.. configuration.Voters, .. configuration.Learners];
        _isJoint = configuration.VotersOutgoing.Count != 0;
        _soleVoter =
            configuration.Voters.Count == 1
            && configuration.Voters[0] == _state.MemberId
            && configuration.VotersOutgoing.Count == 0;
        _alone = _soleVoter && configuration.Learners.Count == 0;
        if (leaderIsRemoved)
        {
            _removedLeader = _leader;
            // It names an heir before it stops, but who knows of its removal does not listen to it any more.
            ReplaceLeader(_leader);
        }

        Publish();
    }

    /// <summary>What was on its way when the removal took effect would make it the leader again, though nobody answers it any more.</summary>
    private bool IsFromRemovedLeader(Message message) => _removedLeader != RaftIds.None && message.From == _removedLeader;

    private void Publish() => _state.PublishRaft(_node.BasicStatus, _alone);

    /// <summary>Whoever waits for an action must not wait for ever.</summary>
    private void DrainActions()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_incoming.Actions.Count == 0)
                {
                    _stopped = true;
                    break;
                }

                _taken.Clear();
                (_incoming, _taken) = (_taken, _incoming);
            }

            _taken.Actions.ForEach(action => action(_node));
        }
    }
}
