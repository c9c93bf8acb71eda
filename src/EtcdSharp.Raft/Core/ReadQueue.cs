using System.Buffers.Binary;
using EtcdSharp.Raft.Quorum;

namespace EtcdSharp.Raft.Core;

/// <summary>
/// Reads that wait until a quorum has answered a heartbeat sent after they arrived (Raft thesis, section 6.4). Reads are
/// numbered by their position in the queue since the term began; a heartbeat carries the last position, its answer brings
/// it back, and so one heartbeat confirms all the reads before it.
/// </summary>
internal sealed class ReadQueue
{
    private readonly Dictionary<ulong, ulong> _ackedPositions = [];
    private readonly Queue<PendingRead> _unconfirmed = new();
    private ulong _confirmedPosition;

    public void Clear()
    {
        _ackedPositions.Clear();
        _unconfirmed.Clear();
        _confirmedPosition = 0;
    }

    public void Add(Message request, ulong commitIndex) => _unconfirmed.Enqueue(new PendingRead(request, commitIndex));

    /// <summary>What the next heartbeat carries; empty when no read waits.</summary>
    public ReadOnlyMemory<byte> HeartbeatContext()
    {
        if (_unconfirmed.Count == 0)
        {
            return default;
        }

        var context = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(context, LastPosition);
        return context;
    }

    /// <summary>The member itself has, of course, every position.</summary>
    public void AcknowledgeAll(ulong member) => _ackedPositions[member] = LastPosition;

    public void Acknowledge(ulong member, ReadOnlySpan<byte> context)
    {
        if (context.Length != sizeof(ulong))
        {
            return;
        }

        var position = BinaryPrimitives.ReadUInt64LittleEndian(context);
        _ackedPositions[member] = Math.Max(_ackedPositions.GetValueOrDefault(member), position);
    }

    /// <summary>How many reads at the head of the queue a quorum has confirmed by now.</summary>
    public int CountConfirmed(JointVoters voters)
    {
        var acked = new AckedPositions(_ackedPositions);
        var confirmed = Math.Min(voters.CommittedIndex(ref acked), LastPosition);
        return confirmed <= _confirmedPosition ? 0 : (int)(confirmed - _confirmedPosition);
    }

    public PendingRead TakeConfirmed()
    {
        _confirmedPosition++;
        return _unconfirmed.Dequeue();
    }

    private ulong LastPosition => _confirmedPosition + (ulong)_unconfirmed.Count;
}
