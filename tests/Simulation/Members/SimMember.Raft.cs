using EtcdSharp.Raft;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part stands in for the raft loop: ticks, messages and what <see cref="RaftNode"/> makes of them.</summary>
internal sealed partial class SimMember
{
    private AppliedWaiters _appliedWaiters = null!;
    private ReadIndex _reads = null!;
    private bool _readsWaiting;
    private ulong _leader;
    private bool _alone;
    private bool _isPumping;

    public ReadIndex Reads => _reads;

    /// <summary>A message from the network. What arrives during a pause waits in the kernel's buffers.</summary>
    public void Receive(Message message, byte[]? database) =>
        Do(
            () =>
            {
                if (message.Type == MessageType.MsgSnap && !StoreReceived(message, database))
                {
                    return;
                }

                Node.Step(message);
                Pump();
            },
            WorkSource.Peer
        );

    public void Unreachable(ulong id)
    {
        Node.ReportUnreachable(id);
        Pump();
    }

    public void SnapshotReported(ulong id, SnapshotDelivery delivery)
    {
        Node.ReportSnapshot(id, delivery);
        Pump();
    }

    public void TransferLeader(ulong to) =>
        Do(() =>
        {
            Node.TransferLeader(to);
            Pump();
        });

    public bool ProposeConfiguration(ConfChange change)
    {
        var accepted = Node.ProposeConfChange(change) == StepResult.Ok;
        Pump();
        return accepted;
    }

    private void BeginReads()
    {
        _leader = RaftIds.None;
        _readsWaiting = false;
        _appliedWaiters = new AppliedWaiters(State);
        var options = new NodeOptions
        {
            HeartbeatMs = World.Shape.HeartbeatMs,
            ElectionMs = World.Shape.HeartbeatMs * World.Shape.ElectionTicks,
        };
        _reads = new ReadIndex(State, _appliedWaiters, new RequestIds(Id, Clock.UtcNow), Clock, options);
        _reads.Attach(() => _readsWaiting = true);
    }

    private void BeginTimers()
    {
        var heartbeat = Clock.ToTrue(World.Shape.HeartbeatMs * Shape.Millisecond);
        Repeat(heartbeat, Tick);
        Repeat(Clock.ToTrue(100 * Shape.Millisecond), CommitBackend);
        Repeat(Clock.ToTrue(500 * Shape.Millisecond), TickLeases);
        After(0, CatchUp);
    }

    /// <summary>A timer that was held up does not catch up on what it missed.</summary>
    private void Repeat(long nanoseconds, Action action)
    {
        After(
            nanoseconds,
            () =>
            {
                Repeat(nanoseconds, action);
                action();
            }
        );
    }

    private void Tick()
    {
        Node.Tick();
        State.PublishTick(Clock.MonotonicNanoseconds);
        _reads.Tick(Node);
        Pump();
    }

    /// <summary>Passes on everything that raft has to say, in the order of the raft loop.</summary>
    private void Pump()
    {
        if (_isPumping)
        {
            return;
        }

        _isPumping = true;
        try
        {
            if (_readsWaiting)
            {
                _readsWaiting = false;
                _reads.Ask(Node);
            }

            while (Node.HasReady)
            {
                PassOn(Node.Ready());
            }

            Publish();
        }
        finally
        {
            _isPumping = false;
        }

        AnswerReads();
    }

    private void PassOn(Ready ready)
    {
        World.Raft.Observe(this, ready);
        if (ready.SoftState is { } soft)
        {
            Lead(soft);
        }

        foreach (var answer in ready.ReadStates)
        {
            _reads.Answered(answer);
        }

        Publish();
        foreach (var message in ready.Messages)
        {
            switch (message.To)
            {
                case RaftIds.LocalAppendThread:
                    AddAppend(message);
                    break;
                case RaftIds.LocalApplyThread:
                    AddApply(message);
                    break;
                default:
                    Send(message);
                    break;
            }
        }
    }

    private void Send(Message message)
    {
        if (message.Type == MessageType.MsgSnap)
        {
            SendSnapshot(message);
            return;
        }

        World.Network.Send(
            this,
            World.Defect == Defect.LearnerVoteCounts ? DefectiveVotes.Disguise(World, this, message) : message
        );
    }

    private void Lead(in SoftState soft)
    {
        var ledBefore = _leader == Id;
        if (soft.Leader != _leader)
        {
            World.Note($"member {Id} follows {soft.Leader} in term {Node.BasicStatus.HardState.Term}");
            _leader = soft.Leader;
            _reads.LeaderChanged();
        }

        Publish();
        if (!ledBefore && _leader == Id)
        {
            World.Prober.BeganToLead(this);
        }

        if (ledBefore && _leader != Id)
        {
            Replica.Lessor.Demote();
        }
    }

    private void ConfigurationChanged(ConfState configuration)
    {
        _alone = configuration is { Voters: [var only], VotersOutgoing.Count: 0, Learners.Count: 0 } && only == Id;
        Publish();
    }

    private void Publish() => State.PublishRaft(Node.BasicStatus, _alone);
}
