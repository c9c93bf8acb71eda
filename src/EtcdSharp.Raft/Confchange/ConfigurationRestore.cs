using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Confchange;

/// <summary>
/// Builds a configuration from a <see cref="ConfState"/>, by the same changes that could have led to it, so that every
/// configuration in force has passed the same checks.
/// </summary>
internal static class ConfigurationRestore
{
    public static ConfigurationResult Restore(ConfState state, ulong lastIndex, int maxInflightMessages, ulong maxInflightBytes)
    {
        var current = ConfigurationResult.Accepted(TrackerConfig.Empty, ProgressMap.Empty);
        ConfigurationChanger Changer() =>
            new(current.Config!, current.Progress!, lastIndex, maxInflightMessages, maxInflightBytes);

        var isJoint = state.VotersOutgoing.Count > 0;
        var steps = isJoint
            ? state.VotersOutgoing.Select(id => new ConfChangeSingle(ConfChangeType.AddNode, id))
            : IncomingChanges(state);
        foreach (var step in steps)
        {
            current = Changer().Simple([step]);
            if (!current.IsAccepted)
            {
                return current;
            }
        }

        return isJoint ? Changer().EnterJoint(state.AutoLeave, [.. IncomingChanges(state)]) : current;
    }

    /// <summary>
    /// First all outgoing voters go, then those who stay come back: so a voter of both halves keeps its place, and one
    /// that is to be a learner lands in LearnersNext.
    /// </summary>
    private static IEnumerable<ConfChangeSingle> IncomingChanges(ConfState state) =>
        state
            .VotersOutgoing.Select(id => new ConfChangeSingle(ConfChangeType.RemoveNode, id))
            .Concat(state.Voters.Select(id => new ConfChangeSingle(ConfChangeType.AddNode, id)))
            .Concat(state.Learners.Select(id => new ConfChangeSingle(ConfChangeType.AddLearnerNode, id)))
            .Concat(state.LearnersNext.Select(id => new ConfChangeSingle(ConfChangeType.AddLearnerNode, id)));
}
