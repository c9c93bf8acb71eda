using EtcdSharp.Raft;

namespace EtcdSharp.Node.Elections;

/// <summary>
/// A leader that no quorum answers leads nobody. Those who hear it all the same would wait for it, and then for each other:
/// so it steps down, and tells the one with the most of the log to campaign, which gets no votes that it would not get
/// later. The raft loop owns it.
/// </summary>
internal sealed class UnheardLeader(RaftNode node, ulong self, IPeerTransport transport, int electionTicks)
{
    private readonly QuorumSilence _silence = new(electionTicks);

    /// <summary>This member begins to lead.</summary>
    public void Begin() => _silence.Begin();

    public void Heard(Message message)
    {
        if (message.Type is MessageType.MsgAppResp or MessageType.MsgHeartbeatResp)
        {
            _silence.Heard(message.From);
        }
    }

    /// <summary>In every turn in which time passed, when what came has been heard.</summary>
    public void Tick(IReadOnlyList<ulong> voters, bool leads)
    {
        if (!_silence.Tick(voters, self) || !leads)
        {
            return;
        }

        var status = node.Status();
        var heir = status.Progress.Where(one => one.Id != self && voters.Contains(one.Id)).MaxBy(one => one.Match);
        node.StepDown();
        if (heir is not null)
        {
            var campaign = new Message
            {
                Type = MessageType.MsgTimeoutNow,
                From = self,
                To = heir.Id,
                Term = status.Basic.HardState.Term,
            };
            transport.Send([campaign]);
        }
    }
}
