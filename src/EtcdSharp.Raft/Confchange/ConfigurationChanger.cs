using EtcdSharp.Raft.Quorum;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Confchange;

/// <summary>
/// Derives a new configuration from one in force, or says why that must not be (Raft thesis, chapter 4). Pure: what it is
/// given stays as it is.
/// </summary>
/// <param name="config">The configuration in force.</param>
/// <param name="progress">What is known of its members.</param>
/// <param name="lastIndex">Where the leader begins to probe a new member: at the end of its own log.</param>
/// <param name="maxInflightMessages">The in-flight bound of a new member, in appends.</param>
/// <param name="maxInflightBytes">The in-flight bound of a new member, in bytes; zero means none.</param>
internal sealed class ConfigurationChanger(
    TrackerConfig config,
    ProgressMap progress,
    ulong lastIndex,
    int maxInflightMessages,
    ulong maxInflightBytes
)
{
    /// <summary>Changes one voter at most, directly; any number of learners.</summary>
    public ConfigurationResult Simple(IReadOnlyList<ConfChangeSingle> changes)
    {
        if (config.Voters.IsJoint)
        {
            return ConfigurationResult.Refused("can't apply simple config change in joint config");
        }

        var draft = StartDraft();
        if (draft.Apply(changes) is { } refusal)
        {
            return ConfigurationResult.Refused(refusal);
        }

        var before = config.Voters.Incoming;
        var changedVoters = before.Count(id => !draft.Incoming.Contains(id)) + draft.Incoming.Count(id => !before.Contains(id));
        return changedVoters > 1
            ? ConfigurationResult.Refused("more than one voter changed without entering joint config")
            : draft.Finish();
    }

    /// <summary>Makes the present voters the outgoing half and applies the changes to the incoming one.</summary>
    public ConfigurationResult EnterJoint(bool autoLeave, IReadOnlyList<ConfChangeSingle> changes)
    {
        if (config.Voters.IsJoint)
        {
            return ConfigurationResult.Refused("config is already joint");
        }

        if (config.Voters.Incoming.Count == 0)
        {
            return ConfigurationResult.Refused("can't make a zero-voter config joint");
        }

        var draft = StartDraft();
        draft.Outgoing = draft.Incoming;
        draft.AutoLeave = autoLeave;
        return draft.Apply(changes) is { } refusal ? ConfigurationResult.Refused(refusal) : draft.Finish();
    }

    /// <summary>Drops the outgoing half; members that are in no part any more are forgotten.</summary>
    public ConfigurationResult LeaveJoint()
    {
        if (!config.Voters.IsJoint)
        {
            return ConfigurationResult.Refused("can't leave a non-joint config");
        }

        var draft = StartDraft();
        draft.LeaveJoint();
        return draft.Finish();
    }

    /// <summary>What a committed change asks for, by its transition.</summary>
    public ConfigurationResult Change(ConfChangeV2 change)
    {
        if (change.LeavesJoint)
        {
            return LeaveJoint();
        }

        return change.EntersJoint ? EnterJoint(change.LeavesJointByItself, change.Changes) : Simple(change.Changes);
    }

    private ConfigurationDraft StartDraft() => new(config, progress, lastIndex, maxInflightMessages, maxInflightBytes);
}
