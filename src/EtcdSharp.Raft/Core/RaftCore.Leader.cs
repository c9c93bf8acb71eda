using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Core;

/// <summary>What a leader makes of its followers' answers and of reports about them.</summary>
internal sealed partial class RaftCore
{
    public void ReportUnreachable(ulong id)
    {
        if (Role != RaftRole.Leader || !TryGetProgress(id, out var progress))
        {
            return;
        }

        // Optimistic appends are likely lost: find out again where the logs agree.
        if (progress.State == ProgressState.Replicate)
        {
            progress.BecomeProbe();
        }

        _logger.Debug($"{Id:x} failed to send message to {id:x} because it is unreachable [{progress}]");
    }

    public void ReportSnapshot(ulong id, SnapshotDelivery delivery)
    {
        if (Role != RaftRole.Leader || !TryGetProgress(id, out var progress) || progress.State != ProgressState.Snapshot)
        {
            return;
        }

        if (delivery == SnapshotDelivery.Delivered)
        {
            progress.BecomeProbe();
            _logger.Debug($"{Id:x} snapshot succeeded, resumed sending replication messages to {id:x} [{progress}]");
        }
        else
        {
            progress.ForgetSnapshot();
            progress.BecomeProbe();
            _logger.Debug($"{Id:x} snapshot failed, resumed sending replication messages to {id:x} [{progress}]");
        }

        // Delivered is not yet installed, and failed needs a pause: either way wait for the next answer.
        progress.IsAppendPaused = true;
    }

    private StepResult StepAsLeader(Message message)
    {
        switch (message.Type)
        {
            case MessageType.MsgProp:
                return ProposeAsLeader(message.Entries.Span);
            case MessageType.MsgReadIndex:
                ReadAsLeader(message);
                return StepResult.Ok;
            case MessageType.MsgAppResp when TryGetProgress(message.From, out var progress):
                OnAppendAnswered(message, progress);
                return StepResult.Ok;
            case MessageType.MsgHeartbeatResp when TryGetProgress(message.From, out var progress):
                OnHeartbeatAnswered(message, progress);
                return StepResult.Ok;
            case MessageType.MsgTransferLeader when TryGetProgress(message.From, out var progress):
                TransferTo(message.From, progress);
                return StepResult.Ok;
            default:
                return StepResult.Ok;
        }
    }

    /// <summary>Steps down when no quorum answered since the last check, and begins to count anew.</summary>
    private void CheckQuorum()
    {
        var activity = new RecentActivity(_progress);
        if (_config.Voters.Tally(ref activity) != Quorum.VoteResult.VoteWon)
        {
            _logger.Warning($"{Id:x} stepped down to follower since quorum is not active");
            BecomeFollower(Term, RaftIds.None);
        }

        for (var i = 0; i < _progress.Count; i++)
        {
            if (_progress.Ids[i] != Id)
            {
                _progress.At(i).RecentActive = false;
            }
        }
    }

    private void OnAppendAnswered(Message message, Progress progress)
    {
        progress.RecentActive = true;
        if (message.Reject)
        {
            OnAppendRejected(message, progress);
            return;
        }

        var from = message.From;
        var isProbeConfirmed = progress.Match == message.Index && progress.State == ProgressState.Probe;
        if (!progress.TryAdvance(message.Index) && !isProbeConfirmed)
        {
            return;
        }

        switch (progress.State)
        {
            case ProgressState.Probe:
                progress.BecomeReplicate();
                break;
            case ProgressState.Snapshot when progress.Match + 1 >= Log.FirstIndex:
                // The log reaches the follower again, be it by this snapshot or by another.
                _logger.Debug(
                    $"{Id:x} recovered from needing snapshot, resumed sending replication messages to {from:x} [{progress}]"
                );
                progress.BecomeProbe();
                progress.BecomeReplicate();
                break;
            case ProgressState.Replicate:
                progress.Inflights.FreeUpTo(message.Index);
                break;
        }

        if (TryCommit())
        {
            ReleasePostponedReads();
            BroadcastAppend();
        }
        else if (from != Id && progress.WouldAdvanceCommit(Log.Committed))
        {
            SendAppend(from, progress);
        }

        // The answer may have opened the in-flight window by more than one append.
        while (from != Id && TrySendAppend(from, progress, sendIfEmpty: false)) { }

        if (from == LeadTransferee && progress.Match == Log.LastIndex)
        {
            _logger.Info($"{Id:x} sent MsgTimeoutNow to {from:x} after received MsgAppResp");
            Send(NewMessage(MessageType.MsgTimeoutNow, from));
        }
    }

    private void OnAppendRejected(Message message, Progress progress)
    {
        _logger.Debug(
            $"{Id:x} received MsgAppResp(rejected, hint: (index {message.RejectHint}, term {message.LogTerm})) from {message.From:x} for index {message.Index}"
        );

        // The follower named the last entry that may match; skip what this log has of later terms too.
        var nextProbe =
            message.LogTerm > 0 ? Log.FindConflictByTerm(message.RejectHint, message.LogTerm).Index : message.RejectHint;
        if (!progress.TryStepBack(message.Index, nextProbe))
        {
            return;
        }

        _logger.Debug($"{Id:x} decreased progress of {message.From:x} to [{progress}]");
        if (progress.State == ProgressState.Replicate)
        {
            progress.BecomeProbe();
        }

        SendAppend(message.From, progress);
    }

    private void OnHeartbeatAnswered(Message message, Progress progress)
    {
        progress.RecentActive = true;
        progress.IsAppendPaused = false;

        // A follower that is behind, or whose probe was lost, gets an append; an empty one makes it say where it is.
        if (progress.Match < Log.LastIndex || progress.State == ProgressState.Probe)
        {
            SendAppend(message.From, progress);
        }

        if (_options.ReadOnly == ReadOnlyMode.Safe && !message.Context.IsEmpty)
        {
            _reads.Acknowledge(message.From, message.Context.Span);
            AnswerConfirmedReads();
        }
    }

    /// <summary>Raft thesis, section 3.10: brings the target up to date, then tells it to campaign at once.</summary>
    private void TransferTo(ulong target, Progress progress)
    {
        if (progress.IsLearner)
        {
            _logger.Debug($"{Id:x} is learner. Ignored transferring leadership");
            return;
        }

        if (LeadTransferee == target)
        {
            _logger.Info(
                $"{Id:x} [term {Term}] transfer leadership to {target:x} is in progress, ignores request to same node {target:x}"
            );
            return;
        }

        if (LeadTransferee != RaftIds.None)
        {
            _logger.Info($"{Id:x} [term {Term}] abort previous transferring leadership to {LeadTransferee:x}");
            LeadTransferee = RaftIds.None;
        }

        if (target == Id)
        {
            _logger.Debug($"{Id:x} is already leader. Ignored transferring leadership to self");
            return;
        }

        // The transfer has one election timeout to finish.
        _logger.Info($"{Id:x} [term {Term}] starts to transfer leadership to {target:x}");
        _electionElapsed = 0;
        LeadTransferee = target;
        if (progress.Match == Log.LastIndex)
        {
            Send(NewMessage(MessageType.MsgTimeoutNow, target));
            _logger.Info($"{Id:x} sends MsgTimeoutNow to {target:x} immediately as {target:x} already has up-to-date log");
        }
        else
        {
            SendAppend(target, progress);
        }
    }

    private bool TryGetProgress(ulong id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Progress? progress)
    {
        if (_progress.TryGet(id, out progress))
        {
            return true;
        }

        _logger.Debug($"{Id:x} no progress available for {id:x}");
        return false;
    }
}
