namespace EtcdSharp.Node.Elections;

/// <summary>
/// How long a leader has not been answered by a quorum. The raft loop owns it, and makes a leader step down after an
/// election timeout without. Raft's own check looks once in that time at what came since it looked last, and so may take
/// nearly twice as long, for which nobody is served where the others still hear the leader and wait for it.
/// </summary>
/// <remarks>Counts the turns of the loop in which time passed, not the time: after a pause of the whole process what came meanwhile is read first.</remarks>
internal sealed class QuorumSilence(int electionTicks)
{
    private readonly Dictionary<ulong, long> _lastHeard = [];
    private long _turn;
    private long _began;

    /// <summary>This member begins to lead.</summary>
    public void Begin()
    {
        _lastHeard.Clear();
        _began = _turn;
    }

    /// <summary>Another member has answered.</summary>
    public void Heard(ulong id) => _lastHeard[id] = _turn;

    /// <summary>In every turn in which time passed: whether no quorum of the voters has answered for an election timeout.</summary>
    public bool Tick(IReadOnlyList<ulong> voters, ulong self)
    {
        _turn++;
        return voters.Count(id => id == self || _turn - LastHeard(id) < electionTicks) <= voters.Count / 2;
    }

    private long LastHeard(ulong id) => _lastHeard.TryGetValue(id, out var turn) ? turn : _began;
}
