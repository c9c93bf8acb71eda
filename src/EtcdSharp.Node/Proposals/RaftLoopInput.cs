using EtcdSharp.Raft;

namespace EtcdSharp.Node.Proposals;

/// <summary>
/// What gathers for the raft loop between two turns. Proposals are bounded by the gate, answers of the storage
/// threads by what the loop has given them.
/// </summary>
internal sealed class RaftLoopInput
{
    public List<Proposal> Normal { get; } = [];

    public List<Proposal> Priority { get; } = [];

    public List<Message> Messages { get; } = [];

    public List<Action<RaftNode>> Actions { get; } = [];

    public bool IsEmpty => Normal.Count == 0 && Priority.Count == 0 && Messages.Count == 0 && Actions.Count == 0;

    public void Clear()
    {
        Normal.Clear();
        Priority.Clear();
        Messages.Clear();
        Actions.Clear();
    }
}
