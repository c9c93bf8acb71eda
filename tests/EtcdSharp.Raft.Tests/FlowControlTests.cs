using EtcdSharp.Raft.Tests.Scripting;

namespace EtcdSharp.Raft.Tests;

public sealed class FlowControlTests
{
    private const int EntryBytes = 100;

    [Fact]
    public void Appends_in_flight_are_bounded_in_bytes()
    {
        // The bound is checked before each append: 300 bytes let three of 100 out, the fourth waits.
        var cluster = new Cluster(2, config => With(config, maxSizePerMessage: 1, maxInflightBytes: 3 * EntryBytes));
        cluster.Elect(1);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(StepResult.Ok, cluster[1].Propose(new byte[EntryBytes]));
        }

        cluster.Process(1);
        Assert.Equal(3, cluster.Wire.Count(message => message.Type == MessageType.MsgApp && !message.Entries.IsEmpty));
        var follower = cluster[1].Status().Progress.Single(progress => progress.Id == 2);
        Assert.True(follower.IsInflightFull);
        Assert.True(follower.IsPaused);
        Assert.Equal(3UL * EntryBytes, follower.InflightBytes);

        cluster.Settle();
        Assert.Equal(cluster.Storage(1).LastIndex, cluster.Storage(2).LastIndex);
        Assert.Equal(cluster.Storage(1).LastIndex, cluster[2].BasicStatus.HardState.Commit);
    }

    [Fact]
    public void Appends_in_flight_are_bounded_in_number()
    {
        var cluster = new Cluster(2, config => With(config, maxSizePerMessage: 1, maxInflightMessages: 4));
        cluster.Elect(1);
        for (var i = 0; i < 10; i++)
        {
            cluster[1].Propose(new byte[EntryBytes]);
        }

        cluster.Process(1);
        Assert.Equal(4, cluster.Wire.Count(message => message.Type == MessageType.MsgApp && !message.Entries.IsEmpty));
        cluster.Settle();
        Assert.Equal(cluster.Storage(1).LastIndex, cluster.Storage(2).LastIndex);
    }

    [Fact]
    public void A_batch_travels_in_one_append_cut_by_the_message_size()
    {
        var cluster = new Cluster(2);
        cluster.Elect(1);
        ReadOnlyMemory<byte>[] batch = [.. Enumerable.Range(0, 50).Select(_ => new byte[EntryBytes].AsMemory())];
        Assert.Equal(StepResult.Ok, cluster[1].Propose(batch));
        cluster.Process(1);
        Assert.Equal(50, Assert.Single(cluster.Wire, message => message.Type == MessageType.MsgApp).Entries.Length);
    }

    [Fact]
    public void Proposals_beyond_the_uncommitted_bound_are_dropped_until_something_is_applied()
    {
        var cluster = new Cluster(3, config => With(config, maxUncommitted: 10 * EntryBytes));
        cluster.Elect(1);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(StepResult.Ok, cluster[1].Propose(new byte[EntryBytes]));
        }

        Assert.Equal(StepResult.ProposalDropped, cluster[1].Propose(new byte[1]));

        // An entry without data is always let through.
        Assert.Equal(StepResult.Ok, cluster[1].Propose(ReadOnlyMemory<byte>.Empty));

        cluster.Settle();
        Assert.Equal(StepResult.Ok, cluster[1].Propose(new byte[EntryBytes]));
    }

    [Fact]
    public void One_proposal_above_the_uncommitted_bound_passes_when_nothing_is_uncommitted()
    {
        var cluster = new Cluster(3, config => With(config, maxUncommitted: EntryBytes));
        cluster.Elect(1);
        Assert.Equal(StepResult.Ok, cluster[1].Propose(new byte[5 * EntryBytes]));
        Assert.Equal(StepResult.ProposalDropped, cluster[1].Propose(new byte[1]));
    }

    [Fact]
    public void A_batch_is_dropped_as_a_whole()
    {
        var cluster = new Cluster(3, config => With(config, maxUncommitted: 2 * EntryBytes));
        cluster.Elect(1);
        Assert.Equal(StepResult.Ok, cluster[1].Propose(new byte[EntryBytes]));
        var before = cluster[1].BasicStatus.LastIndex;
        Assert.Equal(StepResult.ProposalDropped, cluster[1].Propose([new byte[EntryBytes], new byte[EntryBytes]]));
        Assert.Equal(before, cluster[1].BasicStatus.LastIndex);
    }

    [Fact]
    public void A_dropped_configuration_change_does_not_block_the_next()
    {
        var cluster = new Cluster(3, config => With(config, maxUncommitted: 1));
        cluster.Elect(1);
        Assert.Equal(StepResult.Ok, cluster[1].Propose(new byte[EntryBytes]));
        var change = new ConfChange(0, ConfChangeType.AddLearnerNode, 4, default);
        Assert.Equal(StepResult.ProposalDropped, cluster[1].ProposeConfChange(change));
        cluster.CutOff.Add(4);
        cluster.Settle();
        Assert.Equal(StepResult.Ok, cluster[1].ProposeConfChange(change));
        cluster.Process(2);
        cluster.Process(1);
        cluster.Wire.RemoveAll(message => message.To == 4);
        Assert.Equal(EntryType.ConfChange, LastEntry(cluster.Storage(1)).Type);
    }

    [Fact]
    public void Committed_entries_are_handed_out_within_their_bound()
    {
        var storage = new MemoryStorage();
        storage.ApplySnapshot(new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = [1] }, 1, 1)));
        var config = With(Cluster.Config(1, storage), maxCommitted: 5 * EntryBytes);
        var node = new RaftNode(config);
        node.Campaign();
        var proposed = false;
        var applied = 0;
        var most = 0;
        while (node.HasReady)
        {
            var ready = node.Ready();
            storage.Append(ready.Entries.Span);
            applied += ready.CommittedEntries.Length;
            most = Math.Max(most, ready.CommittedEntries.Length);
            node.Advance();
            for (var i = 0; !proposed && node.BasicStatus.SoftState.Role == RaftRole.Leader && i < 20; i++)
            {
                Assert.Equal(StepResult.Ok, node.Propose(new byte[EntryBytes]));
            }

            proposed = node.BasicStatus.SoftState.Role == RaftRole.Leader;
        }

        Assert.Equal(21, applied);
        Assert.InRange(most, 1, 5);
    }

    private static Entry LastEntry(MemoryStorage storage)
    {
        Assert.Equal(
            StorageRead.Ok,
            storage.TryGetEntries(storage.LastIndex, storage.LastIndex + 1, RaftConfig.NoLimit, out var entries)
        );
        return entries.Span[0];
    }

    private static RaftConfig With(
        RaftConfig config,
        ulong maxSizePerMessage = RaftConfig.NoLimit,
        ulong maxInflightBytes = 0,
        int maxInflightMessages = 256,
        ulong maxUncommitted = 0,
        ulong maxCommitted = 0
    ) =>
        new()
        {
            Id = config.Id,
            ElectionTicks = config.ElectionTicks,
            HeartbeatTicks = config.HeartbeatTicks,
            Storage = config.Storage,
            Randomness = new SequenceRandomness(config.Id),
            Applied = config.Applied,
            MaxInflightMessages = maxInflightMessages,
            MaxSizePerMessage = maxSizePerMessage,
            MaxInflightBytes = maxInflightBytes,
            MaxUncommittedEntriesSize = maxUncommitted,
            MaxCommittedSizePerReady = maxCommitted,
        };
}
