using EtcdSharp.Raft.Confchange;
using EtcdSharp.Raft.Log;
using EtcdSharp.Raft.Logging;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Core;

/// <summary>
/// The state machine of one member. Split by concern: messages and terms, election, leader, follower, proposals,
/// replication, snapshots, reads, configuration.
/// </summary>
internal sealed partial class RaftCore
{
    private readonly RaftConfig _options;
    private readonly RaftLogger _logger;
    private readonly IRaftTracer? _tracer;
    private TrackerConfig _config = TrackerConfig.Empty;
    private ProgressMap _progress = ProgressMap.Empty;

    public RaftCore(RaftConfig options)
    {
        _options = options;
        _logger = new RaftLogger(options.LogSink);
        _tracer = options.Tracer;
        Id = options.Id;
        var maxApplyingBytes =
            options.MaxCommittedSizePerReady == 0 ? options.MaxSizePerMessage : options.MaxCommittedSizePerReady;
        Log = new RaftLog(options.Storage, _logger, maxApplyingBytes);

        var (hardState, confState) = options.Storage.InitialState();
        Trace(RaftTraceEvent.InitState);
        Restore(confState);
        if (!hardState.IsEmpty)
        {
            Restore(hardState);
        }

        if (options.Applied > 0)
        {
            Log.AppliedTo(options.Applied, 0);
        }

        BecomeFollower(Term, RaftIds.None);
        var last = Log.LastEntryId;
        _logger.Info(
            $"newRaft {Id:x} [peers: [{string.Join(',', _config.Voters.All.Select(id => id.ToString("x")))}], term: {Term}, commit: {Log.Committed}, applied: {Log.Applied}, lastindex: {last.Index}, lastterm: {last.Term}]"
        );
    }

    public ulong Id { get; }

    public ulong Term { get; private set; }

    public ulong Vote { get; private set; }

    public RaftRole Role { get; private set; }

    public ulong Leader { get; private set; }

    public ulong LeadTransferee { get; private set; }

    public bool IsLearner { get; private set; }

    public RaftLog Log { get; }

    public SoftState SoftState => new(Leader, Role);

    public HardState HardState => new(Term, Vote, Log.Committed);

    public RaftBasicStatus BasicStatus =>
        new(Id, HardState, SoftState, Log.Applied, Log.FirstIndex, Log.LastIndex, LeadTransferee, IsLearner);

    public RaftStatus Status() => new(BasicStatus, _config.ToConfState(), Role == RaftRole.Leader ? _progress.ToStatus() : []);

    public bool IsMember(ulong id) => _progress.Contains(id);

    /// <summary>Begins a new cluster as if its first members had been added by entries that are committed.</summary>
    public void Bootstrap(ReadOnlySpan<BootstrapPeer> peers)
    {
        if (Log.LastIndex != 0)
        {
            throw new InvalidOperationException("A storage that has entries cannot be bootstrapped.");
        }

        BecomeFollower(1, RaftIds.None);
        for (var i = 0; i < peers.Length; i++)
        {
            var change = new ConfChange(0, ConfChangeType.AddNode, peers[i].Id, peers[i].Context);
            Log.AppendNext(new Entry(EntryType.ConfChange, 1, (ulong)i + 1, Wire.RaftWire.ToBytes(change)));
        }

        // The members are in force at once, not only when the entries are applied: without them nobody could campaign.
        Log.CommitTo((ulong)peers.Length);
        foreach (var peer in peers)
        {
            ApplyConfChange(new ConfChange(0, ConfChangeType.AddNode, peer.Id, default).AsV2());
        }
    }

    private void Restore(ConfState confState)
    {
        var restored = ConfigurationRestore.Restore(
            confState,
            Log.LastIndex,
            _options.MaxInflightMessages,
            _options.MaxInflightBytes
        );
        if (!restored.IsAccepted)
        {
            throw new RaftInvariantException($"unable to restore configuration {confState}: {restored.Refusal}");
        }

        var inForce = SwitchTo(restored.Config, restored.Progress);
        if (!inForce.IsEquivalentTo(confState))
        {
            throw new RaftInvariantException($"configuration {confState} was restored as {inForce}");
        }
    }

    private void Restore(HardState state)
    {
        if (state.Commit < Log.Committed || state.Commit > Log.LastIndex)
        {
            throw new RaftInvariantException(
                $"{Id:x} state.commit {state.Commit} is out of range [{Log.Committed}, {Log.LastIndex}]"
            );
        }

        Log.CommitTo(state.Commit);
        Term = state.Term;
        Vote = state.Vote;
    }

    private void Trace(RaftTraceEvent step, Message? message = null)
    {
        if (_tracer is not null)
        {
            var status = BasicStatus;
            _tracer.Trace(step, in status, message);
        }
    }
}
