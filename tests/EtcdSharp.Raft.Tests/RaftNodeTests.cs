using EtcdSharp.Raft.Tests.Scripting;

namespace EtcdSharp.Raft.Tests;

public sealed class RaftNodeTests
{
    [Theory]
    [InlineData(MessageType.MsgHup)]
    [InlineData(MessageType.MsgStorageAppend)]
    [InlineData(MessageType.MsgUnreachable)]
    public void Local_messages_from_outside_are_refused(MessageType type)
    {
        var cluster = new Cluster(3);
        Assert.Equal(
            StepResult.LocalMessage,
            cluster[1]
                .Step(
                    new Message
                    {
                        Type = type,
                        From = 2,
                        To = 1,
                    }
                )
        );
    }

    [Fact]
    public void Responses_of_strangers_are_refused()
    {
        var cluster = new Cluster(3);
        var message = new Message
        {
            Type = MessageType.MsgAppResp,
            From = 9,
            To = 1,
            Term = 1,
        };
        Assert.Equal(StepResult.PeerNotFound, cluster[1].Step(message));
    }

    [Fact]
    public void Proposals_without_a_leader_are_dropped()
    {
        var cluster = new Cluster(3);
        Assert.Equal(StepResult.ProposalDropped, cluster[1].Propose(new byte[] { 1 }));
    }

    [Fact]
    public void A_follower_passes_proposals_to_the_leader()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        var before = cluster[1].BasicStatus.HardState.Commit;
        Assert.Equal(StepResult.Ok, cluster[3].Propose(new byte[] { 1 }));
        cluster.Settle();
        Assert.Equal(before + 1, cluster[1].BasicStatus.HardState.Commit);
    }

    [Fact]
    public void An_append_whose_entries_do_not_follow_each_other_is_ignored()
    {
        var cluster = new Cluster(3);
        var entries = new[] { new Entry(EntryType.Normal, 2, 2, default), new Entry(EntryType.Normal, 2, 4, default) };
        cluster[1]
            .Step(
                new Message
                {
                    Type = MessageType.MsgApp,
                    From = 2,
                    To = 1,
                    Term = 2,
                    Index = 1,
                    LogTerm = 1,
                    Entries = entries,
                    Commit = 4,
                }
            );
        Assert.Equal(1UL, cluster[1].BasicStatus.LastIndex);
        Assert.Equal(1UL, cluster[1].BasicStatus.HardState.Commit);
    }

    [Fact]
    public void A_commit_index_beyond_the_log_stops_the_member()
    {
        var cluster = new Cluster(3);
        var heartbeat = new Message
        {
            Type = MessageType.MsgHeartbeat,
            From = 2,
            To = 1,
            Term = 2,
            Commit = 100,
        };
        Assert.Throws<RaftInvariantException>(() => cluster[1].Step(heartbeat));
    }

    [Fact]
    public void A_proposed_change_that_cannot_be_decoded_is_dropped()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        var before = cluster[1].BasicStatus.LastIndex;
        var entry = new Entry(EntryType.ConfChange, 0, 0, new byte[] { 0x10, 0x7F });
        var proposal = new Message
        {
            Type = MessageType.MsgProp,
            From = 2,
            To = 1,
            Entries = new[] { entry },
        };
        Assert.Equal(StepResult.ProposalDropped, cluster[1].Step(proposal));
        Assert.Equal(before, cluster[1].BasicStatus.LastIndex);
    }

    [Fact]
    public void An_empty_proposal_from_a_peer_is_dropped()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        Assert.Equal(
            StepResult.ProposalDropped,
            cluster[1]
                .Step(
                    new Message
                    {
                        Type = MessageType.MsgProp,
                        From = 2,
                        To = 1,
                    }
                )
        );
    }

    [Fact]
    public void A_cluster_is_bootstrapped_from_nothing()
    {
        var storage = new MemoryStorage();
        var node = new RaftNode(FreshConfig(storage, isAsync: false));
        node.Bootstrap([new BootstrapPeer(1, new byte[] { 7 })]);
        var ready = node.Ready();
        Assert.Equal(new HardState(1, 0, 1), ready.HardState);
        Assert.Equal(EntryType.ConfChange, Assert.Single(ready.CommittedEntries.ToArray()).Type);
        storage.Append(ready.Entries.Span);
        storage.SetHardState(ready.HardState!.Value);
        node.ApplyConfChange(new ConfChange(0, ConfChangeType.AddNode, 1, default));
        node.Advance();
        node.Campaign();
        while (node.HasReady)
        {
            storage.Append(node.Ready().Entries.Span);
            node.Advance();
        }

        Assert.Equal(RaftRole.Leader, node.BasicStatus.SoftState.Role);
        Assert.Throws<InvalidOperationException>(() => node.Bootstrap([new BootstrapPeer(1, default)]));
    }

    [Fact]
    public void Two_readies_without_advance_are_refused()
    {
        var cluster = new Cluster(1);
        cluster[1].Campaign();
        cluster[1].Ready();
        Assert.Throws<InvalidOperationException>(() => cluster[1].Ready());
    }

    [Fact]
    public void A_single_member_commits_only_what_its_disk_has()
    {
        var storage = new MemoryStorage();
        storage.ApplySnapshot(new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = [1] }, 1, 1)));
        var node = new RaftNode(FreshConfig(storage, isAsync: true));
        node.Campaign();
        var vote = node.Ready().Messages[0];
        Assert.Equal(MessageType.MsgStorageAppend, vote.Type);
        Assert.Equal(RaftRole.Candidate, node.BasicStatus.SoftState.Role);
        Deliver(node, storage, vote);
        Assert.Equal(RaftRole.Leader, node.BasicStatus.SoftState.Role);

        node.Propose(new byte[] { 1 });
        var ready = node.Ready();
        var append = ready.Messages[0];
        Assert.Equal(2, append.Entries.Length);
        Assert.Equal(1, ready.Messages.Length);
        Assert.Equal(1UL, node.BasicStatus.HardState.Commit);
        Assert.False(node.HasReady);

        Deliver(node, storage, append);
        Assert.Equal(3UL, node.BasicStatus.HardState.Commit);
        var apply = node.Ready().Messages.ToArray().Single(message => message.Type == MessageType.MsgStorageApply);
        Assert.Equal(2, apply.Entries.Length);
    }

    [Theory]
    [InlineData(0UL, 10, 1, 1, "the id must be neither zero nor that of a local thread")]
    [InlineData(ulong.MaxValue, 10, 1, 1, "the id must be neither zero nor that of a local thread")]
    [InlineData(1UL, 10, 0, 1, "heartbeat ticks must be greater than 0")]
    [InlineData(1UL, 1, 1, 1, "election ticks must be greater than heartbeat ticks")]
    [InlineData(1UL, 10, 1, 0, "max inflight messages must be greater than 0")]
    public void Unusable_parameters_are_refused(ulong id, int election, int heartbeat, int inflight, string objection)
    {
        var config = new RaftConfig
        {
            Id = id,
            ElectionTicks = election,
            HeartbeatTicks = heartbeat,
            Storage = new MemoryStorage(),
            Randomness = new SequenceRandomness(1),
            MaxInflightMessages = inflight,
        };
        Assert.Equal(objection, config.Validate());
        Assert.Throws<ArgumentException>(() => new RaftNode(config));
    }

    [Fact]
    public void Election_timeouts_spread_over_one_to_two_election_times()
    {
        List<int> waited = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            var storage = new MemoryStorage();
            storage.ApplySnapshot(new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = [1, 2, 3] }, 1, 1)));
            var node = new RaftNode(
                new RaftConfig
                {
                    Id = 1,
                    ElectionTicks = 10,
                    HeartbeatTicks = 1,
                    Storage = storage,
                    Randomness = new SequenceRandomness(seed),
                    MaxInflightMessages = 1,
                }
            );
            var ticks = 0;
            while (node.BasicStatus.SoftState.Role == RaftRole.Follower)
            {
                node.Tick();
                ticks++;
            }

            waited.Add(ticks);
        }

        Assert.All(waited, ticks => Assert.InRange(ticks, 10, 19));
        Assert.True(waited.Distinct().Count() >= 8, "the timeouts hardly differ");
    }

    [Fact]
    public void A_tracer_sees_the_steps()
    {
        var storage = new MemoryStorage();
        storage.ApplySnapshot(new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = [1] }, 1, 1)));
        var tracer = new ListTracer();
        var node = new RaftNode(
            new RaftConfig
            {
                Id = 1,
                ElectionTicks = 10,
                HeartbeatTicks = 1,
                Storage = storage,
                Randomness = new SequenceRandomness(1),
                MaxInflightMessages = 1,
                Tracer = tracer,
            }
        );
        node.Campaign();
        storage.Append(node.Ready().Entries.Span);
        node.Advance();
        Assert.Equal(RaftTraceEvent.InitState, tracer.Steps[0]);
        Assert.Contains(RaftTraceEvent.BecomeCandidate, tracer.Steps);
        Assert.Contains(RaftTraceEvent.BecomeLeader, tracer.Steps);
        Assert.Contains(RaftTraceEvent.Replicate, tracer.Steps);
    }

    private static void Deliver(RaftNode node, MemoryStorage storage, Message append)
    {
        storage.Append(append.Entries.Span);
        foreach (var response in append.Responses.Span)
        {
            Assert.Equal(StepResult.Ok, node.Step(response));
        }
    }

    private static RaftConfig FreshConfig(MemoryStorage storage, bool isAsync) =>
        new()
        {
            Id = 1,
            ElectionTicks = 10,
            HeartbeatTicks = 1,
            Storage = storage,
            Randomness = new SequenceRandomness(1),
            MaxInflightMessages = 16,
            AsyncStorageWrites = isAsync,
        };

    private sealed class ListTracer : IRaftTracer
    {
        public List<RaftTraceEvent> Steps { get; } = [];

        public void Trace(RaftTraceEvent step, in RaftBasicStatus status, Message? message) => Steps.Add(step);
    }
}
