using EtcdSharp.Raft.Tests.Scripting;

namespace EtcdSharp.Raft.Tests;

/// <summary>
/// The only voter needs nobody to confirm its reads, but after a restart its commit index may lie behind what it has
/// acknowledged before, until it has committed an entry of its new term.
/// </summary>
public sealed class LoneVoterReadTests
{
    [Fact]
    public void A_read_after_a_restart_sees_what_was_acknowledged_before_it()
    {
        var storage = new MemoryStorage();
        storage.ApplySnapshot(new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = [1] }, 1, 1)));
        storage.Append([new Entry(EntryType.Normal, 1, 2, "acknowledged"u8.ToArray())]);
        storage.SetHardState(new HardState(1, 0, 1));
        var node = new RaftNode(
            new RaftConfig
            {
                Id = 1,
                ElectionTicks = 10,
                HeartbeatTicks = 1,
                Storage = storage,
                Randomness = new SequenceRandomness(1),
                Applied = 1,
                AsyncStorageWrites = true,
                MaxInflightMessages = 8,
            }
        );
        node.Campaign();
        var hasAsked = false;
        List<ulong> answers = [];
        while (node.HasReady)
        {
            var ready = node.Ready();
            foreach (var answer in ready.ReadStates)
            {
                answers.Add(answer.Index);
            }

            Message[] messages = [.. ready.Messages];
            if (!hasAsked && node.BasicStatus.SoftState.Role == RaftRole.Leader)
            {
                hasAsked = true;
                node.ReadIndex("read"u8.ToArray());
            }

            foreach (var message in messages)
            {
                if (message.To == RaftIds.LocalAppendThread)
                {
                    storage.Append(message.Entries.Span);
                }

                foreach (var response in message.Responses.Span)
                {
                    node.Step(response);
                }
            }
        }

        Assert.True(hasAsked);
        Assert.Equal([3UL], answers);
    }
}
