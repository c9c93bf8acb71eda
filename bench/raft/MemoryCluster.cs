using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Bench.Raft;

/// <summary>Members on one thread in asynchronous form, whose storage threads answer at once.</summary>
internal sealed class MemoryCluster
{
    /// <summary>As etcd: the log in memory is cut from time to time.</summary>
    private const ulong CompactEvery = 10_000;
    private const ulong KeepBehind = 5_000;

    private readonly RaftNode[] _nodes;
    private readonly MemoryStorage[] _storages;
    private readonly Queue<Message> _wire = new();
    private readonly ReadOnlyMemory<byte>[] _batch;
    private ulong _applied;

    public MemoryCluster(int members)
    {
        ulong[] ids = [.. Enumerable.Range(1, members).Select(id => (ulong)id)];
        var start = new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = ids }, 1, 1));
        _storages = [.. ids.Select(_ => new MemoryStorage())];
        foreach (var storage in _storages)
        {
            storage.ApplySnapshot(start);
        }

        _nodes =
        [
            .. ids.Select(id => new RaftNode(
                new RaftConfig
                {
                    Id = id,
                    ElectionTicks = 10,
                    HeartbeatTicks = 1,
                    Storage = _storages[id - 1],
                    Randomness = new NoRandomness(),
                    Applied = 1,
                    AsyncStorageWrites = true,
                    MaxSizePerMessage = 1 << 20,
                    MaxInflightMessages = 512,
                    CheckQuorum = true,
                    PreVote = true,
                }
            )),
        ];
        _batch = new ReadOnlyMemory<byte>[1024];
        Array.Fill(_batch, new byte[256]);
        _nodes[0].Campaign();
        Settle();
    }

    /// <summary>Proposes in batches and returns when the leader has applied everything.</summary>
    public void Propose(int count, int batch)
    {
        var goal = _applied + (ulong)count;
        while (_applied < goal)
        {
            if (_nodes[0].Propose(_batch.AsSpan(0, batch)) != StepResult.Ok)
            {
                throw new InvalidOperationException("a proposal was dropped");
            }

            Settle();
        }
    }

    private void Settle()
    {
        do
        {
            for (var i = 0; i < _nodes.Length; i++)
            {
                while (_nodes[i].HasReady)
                {
                    Process(i);
                }
            }

            while (_wire.TryDequeue(out var message))
            {
                _nodes[message.To - 1].Step(message);
            }
        } while (HasWork());
    }

    private bool HasWork()
    {
        foreach (var node in _nodes)
        {
            if (node.HasReady)
            {
                return true;
            }
        }

        return false;
    }

    private void Process(int member)
    {
        var ready = _nodes[member].Ready();
        foreach (var message in ready.Messages)
        {
            switch (message.To)
            {
                case RaftIds.LocalAppendThread:
                    _storages[member].Append(message.Entries.Span);
                    Respond(message);
                    break;
                case RaftIds.LocalApplyThread:
                    Apply(member, message);
                    Respond(message);
                    break;
                default:
                    _wire.Enqueue(message);
                    break;
            }
        }
    }

    private void Apply(int member, Message message)
    {
        var last = message.Entries.Span[^1].Index;
        if (member == 0)
        {
            _applied += (ulong)message.Entries.Length;
        }

        var storage = _storages[member];
        if (last > storage.FirstIndex + CompactEvery)
        {
            storage.Compact(last - KeepBehind);
        }
    }

    private void Respond(Message message)
    {
        foreach (var response in message.Responses.Span)
        {
            _wire.Enqueue(response);
        }
    }

    private sealed class NoRandomness : IRandomness
    {
        public ulong NextUInt64() => 0;
    }
}
