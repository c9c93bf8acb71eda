using EtcdSharp.Raft.Tests.Scripting;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft.Tests;

/// <summary>A few members in synchronous form, whose messages are delivered when the test says so.</summary>
internal sealed class Cluster
{
    private const int RoundsMax = 10_000;

    private readonly Dictionary<ulong, Member> _members = [];

    public Cluster(int size, Func<RaftConfig, RaftConfig>? configure = null)
    {
        ulong[] ids = [.. Enumerable.Range(1, size).Select(id => (ulong)id)];
        var snapshot = new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = ids }, 1, 1));
        foreach (var id in ids)
        {
            var storage = new MemoryStorage();
            storage.ApplySnapshot(snapshot);
            storage.SetHardState(new HardState(1, RaftIds.None, 1));
            var config = Config(id, storage);
            _members[id] = new Member(new RaftNode(configure?.Invoke(config) ?? config), storage, []);
        }
    }

    public List<Message> Wire { get; } = [];

    /// <summary>Messages to and from these members are lost.</summary>
    public HashSet<ulong> CutOff { get; } = [];

    public RaftNode this[ulong id] => _members[id].Node;

    public static RaftConfig Config(ulong id, IRaftStorage storage) =>
        new()
        {
            Id = id,
            ElectionTicks = 10,
            HeartbeatTicks = 1,
            Storage = storage,
            Randomness = new SequenceRandomness(id),
            Applied = 1,
            MaxInflightMessages = 256,
        };

    public MemoryStorage Storage(ulong id) => _members[id].Storage;

    public List<ReadState> Reads(ulong id) => _members[id].Reads;

    public static void Tick(RaftNode node, int ticks)
    {
        for (var i = 0; i < ticks; i++)
        {
            node.Tick();
        }
    }

    public void Elect(ulong id)
    {
        _members[id].Node.Campaign();
        Settle();
        Assert.Equal(RaftRole.Leader, _members[id].Node.BasicStatus.SoftState.Role);
    }

    /// <summary>Works off everything that is due until nothing is.</summary>
    public void Settle()
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            foreach (var id in _members.Keys.Order())
            {
                Process(id);
            }

            if (Wire.Count == 0)
            {
                return;
            }

            var due = Wire.ToList();
            Wire.Clear();
            foreach (var message in due.Where(m => !CutOff.Contains(m.To) && !CutOff.Contains(m.From)))
            {
                _members[message.To].Node.Step(message);
            }
        }

        Assert.Fail("the cluster does not settle");
    }

    /// <summary>Stores, applies and sends what one member has due.</summary>
    public void Process(ulong id)
    {
        var member = _members[id];
        while (member.Node.HasReady)
        {
            var ready = member.Node.Ready();
            member.Storage.SetHardState(ready.HardState ?? member.Storage.InitialState().HardState);
            if (ready.Snapshot is { } snapshot)
            {
                member.Storage.ApplySnapshot(snapshot);
            }

            member.Storage.Append(ready.Entries.Span);
            foreach (var entry in ready.CommittedEntries.Span)
            {
                if (entry.Type == EntryType.ConfChange && RaftWire.TryDecode(entry.Data, out ConfChange? change))
                {
                    member.Node.ApplyConfChange(change);
                }
                else if (entry.Type == EntryType.ConfChangeV2 && RaftWire.TryDecode(entry.Data, out ConfChangeV2? changeV2))
                {
                    member.Node.ApplyConfChange(changeV2);
                }
            }

            member.Reads.AddRange(ready.ReadStates);
            Wire.AddRange(ready.Messages);
            member.Node.Advance();
        }
    }

    private sealed record Member(RaftNode Node, MemoryStorage Storage, List<ReadState> Reads);
}
