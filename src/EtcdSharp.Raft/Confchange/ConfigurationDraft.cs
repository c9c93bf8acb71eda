using EtcdSharp.Raft.Quorum;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Confchange;

/// <summary>A configuration being changed, checked as a whole when it is finished.</summary>
internal sealed class ConfigurationDraft(
    TrackerConfig config,
    ProgressMap progress,
    ulong lastIndex,
    int maxInflightMessages,
    ulong maxInflightBytes
)
{
    private readonly Dictionary<ulong, Progress> _members = progress.ToDictionary();
    private MemberSet _learners = config.Learners;
    private MemberSet _learnersNext = config.LearnersNext;

    public MemberSet Incoming { get; private set; } = config.Voters.Incoming;

    public MemberSet Outgoing { get; set; } = config.Voters.Outgoing;

    public bool AutoLeave { get; set; } = config.AutoLeave;

    /// <summary>Applies the changes in order; null, or why they must not be applied. A change of member zero changes nothing.</summary>
    public string? Apply(IReadOnlyList<ConfChangeSingle> changes)
    {
        foreach (var change in changes.Where(change => change.NodeId != RaftIds.None))
        {
            switch (change.Type)
            {
                case ConfChangeType.AddNode:
                    MakeVoter(change.NodeId);
                    break;
                case ConfChangeType.AddLearnerNode:
                    MakeLearner(change.NodeId);
                    break;
                case ConfChangeType.RemoveNode:
                    Remove(change.NodeId);
                    break;
                case ConfChangeType.UpdateNode:
                    break;
                default:
                    return $"unexpected conf type {(int)change.Type}";
            }
        }

        return Incoming.Count == 0 ? "removed all voters" : null;
    }

    public void LeaveJoint()
    {
        foreach (var id in _learnersNext)
        {
            _learners = _learners.With(id);
            _members[id] = _members[id].As(learner: true);
        }

        foreach (var id in Outgoing.Where(id => !Incoming.Contains(id) && !_learners.Contains(id)))
        {
            _members.Remove(id);
        }

        _learnersNext = MemberSet.Empty;
        Outgoing = MemberSet.Empty;
        AutoLeave = false;
    }

    public ConfigurationResult Finish()
    {
        var finished = new TrackerConfig(new JointVoters(Incoming, Outgoing), AutoLeave, _learners, _learnersNext);
        return FindViolation(finished) is { } violation
            ? ConfigurationResult.Refused(violation)
            : ConfigurationResult.Accepted(finished, ProgressMap.Of(_members));
    }

    private void MakeVoter(ulong id)
    {
        Incoming = Incoming.With(id);
        if (!_members.TryGetValue(id, out var known))
        {
            Begin(id, learner: false);
            return;
        }

        _members[id] = known.As(learner: false);
        _learners = _learners.Without(id);
        _learnersNext = _learnersNext.Without(id);
    }

    /// <summary>
    /// A voter of the outgoing half becomes a learner only when the joint configuration is left: until then its vote
    /// still counts, and one must not be voter and learner at once.
    /// </summary>
    private void MakeLearner(ulong id)
    {
        if (!_members.TryGetValue(id, out var known))
        {
            _learners = _learners.With(id);
            Begin(id, learner: true);
            return;
        }

        if (known.IsLearner)
        {
            return;
        }

        Remove(id);
        if (Outgoing.Contains(id))
        {
            _members[id] = known;
            _learnersNext = _learnersNext.With(id);
        }
        else
        {
            _members[id] = known.As(learner: true);
            _learners = _learners.With(id);
        }
    }

    private void Remove(ulong id)
    {
        if (!_members.ContainsKey(id))
        {
            return;
        }

        Incoming = Incoming.Without(id);
        _learners = _learners.Without(id);
        _learnersNext = _learnersNext.Without(id);
        if (!Outgoing.Contains(id))
        {
            _members.Remove(id);
        }
    }

    /// <summary>
    /// A new member counts as recently active: it must not make the leader step down before it had a chance to answer.
    /// </summary>
    private void Begin(ulong id, bool learner) =>
        _members[id] = new Progress(0, Math.Max(lastIndex, 1), learner, new Inflights(maxInflightMessages, maxInflightBytes))
        {
            RecentActive = true,
        };

    private string? FindViolation(TrackerConfig finished)
    {
        foreach (var id in finished.Voters.All.Concat(finished.Learners).Concat(finished.LearnersNext))
        {
            if (!_members.ContainsKey(id))
            {
                return $"no progress for {id}";
            }
        }

        foreach (var id in finished.LearnersNext)
        {
            if (!finished.Voters.Outgoing.Contains(id))
            {
                return $"{id} is in LearnersNext, but not Voters[1]";
            }

            if (_members[id].IsLearner)
            {
                return $"{id} is in LearnersNext, but is already marked as learner";
            }
        }

        foreach (var id in finished.Learners)
        {
            if (finished.Voters.Contains(id))
            {
                return $"{id} is in Learners and in Voters";
            }

            if (!_members[id].IsLearner)
            {
                return $"{id} is in Learners, but is not marked as learner";
            }
        }

        return finished.Voters.IsJoint || (finished.LearnersNext.Count == 0 && !finished.AutoLeave)
            ? null
            : "LearnersNext and AutoLeave must be unset when not joint";
    }
}
