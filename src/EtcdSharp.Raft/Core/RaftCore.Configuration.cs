using EtcdSharp.Raft.Confchange;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Core;

/// <summary>Membership changes (Raft thesis, chapter 4), in force when they are applied.</summary>
internal sealed partial class RaftCore
{
    /// <summary>
    /// No change may be proposed before this index is applied: at or before it lies the last one this leader knows of or
    /// must suspect.
    /// </summary>
    private ulong _pendingConfIndex;

    public ConfState ApplyConfChange(ConfChangeV2 change)
    {
        var changer = new ConfigurationChanger(
            _config,
            _progress,
            Log.LastIndex,
            _options.MaxInflightMessages,
            _options.MaxInflightBytes
        );
        var changed = changer.Change(change);
        return changed.IsAccepted
            ? SwitchTo(changed.Config, changed.Progress)
            : throw new RaftInvariantException(
                $"the configuration change {change} is not possible at {_config}: {changed.Refusal}"
            );
    }

    private ConfState SwitchTo(TrackerConfig config, ProgressMap progress)
    {
        _config = config;
        _progress = progress;
        Trace(RaftTraceEvent.ApplyConfChange);
        _logger.Info($"{Id:x} switched to configuration {config}");

        var state = config.ToConfState();
        var isMember = progress.TryGet(Id, out var own);
        IsLearner = isMember && own!.IsLearner;
        if (Role != RaftRole.Leader)
        {
            return state;
        }

        if (!isMember || IsLearner)
        {
            // Without the option the leader goes on until another is elected, to see its own removal through.
            if (_options.StepDownOnRemoval)
            {
                BecomeFollower(Term, RaftIds.None);
            }

            return state;
        }

        if (config.Voters.Incoming.Count > 0)
        {
            OnQuorumChanged();
        }

        return state;
    }

    /// <summary>A smaller quorum may have more in common, and new members want to be probed.</summary>
    private void OnQuorumChanged()
    {
        if (TryCommit())
        {
            ReleasePostponedReads();
            BroadcastAppend();
        }
        else
        {
            for (var i = 0; i < _progress.Count; i++)
            {
                if (_progress.Ids[i] != Id)
                {
                    TrySendAppend(_progress.Ids[i], _progress.At(i), sendIfEmpty: false);
                }
            }
        }

        AnswerConfirmedReads();
        if (LeadTransferee != RaftIds.None && !_config.Voters.Contains(LeadTransferee))
        {
            LeadTransferee = RaftIds.None;
        }
    }

    /// <summary>The state machine above has applied up to the index; a joint configuration may now leave by itself.</summary>
    private void AppliedTo(ulong index, ulong bytes)
    {
        var applied = Math.Max(index, Log.Applied);
        Log.AppliedTo(applied, bytes);
        if (!_config.AutoLeave || applied < _pendingConfIndex || Role != RaftRole.Leader)
        {
            return;
        }

        if (ProposeAsLeader([new Entry(EntryType.ConfChangeV2, 0, 0, default)]) == StepResult.Ok)
        {
            _logger.Info($"initiating automatic transition out of joint configuration {_config}");
        }
        else
        {
            _logger.Debug($"not initiating automatic transition out of joint configuration {_config}: raft proposal dropped");
        }
    }
}
