using EtcdSharp.Raft.Log;

namespace EtcdSharp.Raft.Core;

/// <summary>What a follower takes from its leader, and what it passes on to it.</summary>
internal sealed partial class RaftCore
{
    private StepResult StepAsFollower(Message message)
    {
        switch (message.Type)
        {
            case MessageType.MsgProp:
                return ForwardProposal(message);
            case MessageType.MsgApp:
                HearFrom(message.From);
                HandleAppend(message);
                break;
            case MessageType.MsgHeartbeat:
                HearFrom(message.From);
                HandleHeartbeat(message);
                break;
            case MessageType.MsgSnap:
                HearFrom(message.From);
                HandleSnapshot(message);
                break;
            case MessageType.MsgTransferLeader:
                if (Leader == RaftIds.None)
                {
                    _logger.Info($"{Id:x} no leader at term {Term}; dropping leader transfer msg");
                    break;
                }

                Send(NewMessageFrom(message.From, MessageType.MsgTransferLeader, Leader));
                break;
            case MessageType.MsgForgetLeader:
                ForgetLeader();
                break;
            case MessageType.MsgTimeoutNow:
                _logger.Info(
                    $"{Id:x} [term {Term}] received MsgTimeoutNow from {message.From:x} and starts an election to get leadership."
                );

                // No trial: the leader has asked for it, and time matters.
                Hup(Campaign.Transfer);
                break;
            case MessageType.MsgReadIndex:
                ForwardRead(message);
                break;
            case MessageType.MsgReadIndexResp:
                AcceptReadAnswer(message);
                break;
        }

        return StepResult.Ok;
    }

    private void HearFrom(ulong leader)
    {
        _electionElapsed = 0;
        Leader = leader;
    }

    private StepResult ForwardProposal(Message message)
    {
        if (Leader == RaftIds.None)
        {
            _logger.Info($"{Id:x} no leader at term {Term}; dropping proposal");
            return StepResult.ProposalDropped;
        }

        if (_options.DisableProposalForwarding)
        {
            _logger.Info($"{Id:x} not forwarding to leader {Leader:x} at term {Term}; dropping proposal");
            return StepResult.ProposalDropped;
        }

        Send(message.ForwardedTo(Leader, message.From == RaftIds.None ? Id : message.From));
        return StepResult.Ok;
    }

    private void HandleAppend(Message message)
    {
        if (!IsWellFormedAppend(message))
        {
            _logger.Error("an append with entries that do not follow each other was ignored");
            return;
        }

        // What is committed needs no check, and a compacted log could not be checked.
        if (message.Index < Log.Committed)
        {
            Send(NewMessage(MessageType.MsgAppResp, message.From, Log.Committed));
            return;
        }

        var previous = new EntryId(message.LogTerm, message.Index);
        if (Log.TryAppend(previous, message.Entries.Span, message.Commit, out var lastNewIndex))
        {
            Send(NewMessage(MessageType.MsgAppResp, message.From, lastNewIndex));
            return;
        }

        _logger.Debug(
            $"{Id:x} [logterm: {Log.TermOrZero(message.Index)}, index: {message.Index}] rejected MsgApp [logterm: {message.LogTerm}, index: {message.Index}] from {message.From:x}"
        );

        // The hint is the last entry that may match: nothing of a later term than the leader's can.
        var hint = Log.FindConflictByTerm(Math.Min(message.Index, Log.LastIndex), message.LogTerm);
        Send(
            new Message
            {
                Type = MessageType.MsgAppResp,
                To = message.From,
                From = Id,
                Term = Term,
                Index = message.Index,
                Reject = true,
                RejectHint = hint.Index,
                LogTerm = hint.Term,
            }
        );
    }

    private void HandleHeartbeat(Message message)
    {
        Log.CommitTo(message.Commit);
        Send(
            new Message
            {
                Type = MessageType.MsgHeartbeatResp,
                To = message.From,
                From = Id,
                Term = Term,
                Context = message.Context,
            }
        );
    }

    private void HandleSnapshot(Message message)
    {
        var snapshot = message.Snapshot ?? Snapshot.Empty;
        var (_, index, term) = snapshot.Metadata;
        if (TryInstall(snapshot))
        {
            _logger.Info($"{Id:x} [commit: {Log.Committed}] restored snapshot [index: {index}, term: {term}]");
            Send(NewMessage(MessageType.MsgAppResp, message.From, Log.LastIndex));
        }
        else
        {
            _logger.Info($"{Id:x} [commit: {Log.Committed}] ignored snapshot [index: {index}, term: {term}]");
            Send(NewMessage(MessageType.MsgAppResp, message.From, Log.Committed));
        }
    }

    /// <summary>Replaces log and configuration by the snapshot (Raft paper, section 7); false when it brings nothing.</summary>
    private bool TryInstall(Snapshot snapshot)
    {
        var (confState, index, term) = snapshot.Metadata;
        if (index <= Log.Committed)
        {
            return false;
        }

        if (!confState.Contains(Id))
        {
            _logger.Warning(
                $"{Id:x} attempted to restore snapshot but it is not in the ConfState {confState}; should never happen"
            );
            return false;
        }

        // A log that has the entry has all before it: the snapshot only tells that they are committed.
        var id = new EntryId(term, index);
        if (Log.Matches(id))
        {
            var own = Log.LastEntryId;
            _logger.Info(
                $"{Id:x} [commit: {Log.Committed}, lastindex: {own.Index}, lastterm: {own.Term}] fast-forwarded commit to snapshot [index: {index}, term: {term}]"
            );
            Log.CommitTo(index);
            return false;
        }

        Log.Restore(snapshot);
        Restore(confState);
        var last = Log.LastEntryId;
        _logger.Info(
            $"{Id:x} [commit: {Log.Committed}, lastindex: {last.Index}, lastterm: {last.Term}] restored snapshot [index: {index}, term: {term}]"
        );
        return true;
    }

    /// <summary>Indexes go up by one and terms never down; a peer that sends anything else is broken.</summary>
    private static bool IsWellFormedAppend(Message message)
    {
        var previousIndex = message.Index;
        var previousTerm = message.LogTerm;
        foreach (ref readonly var entry in message.Entries.Span)
        {
            if (entry.Index != previousIndex + 1 || entry.Term < previousTerm)
            {
                return false;
            }

            previousIndex = entry.Index;
            previousTerm = entry.Term;
        }

        return previousTerm <= message.Term;
    }

    private Message NewMessageFrom(ulong from, MessageType type, ulong to) =>
        new()
        {
            Type = type,
            To = to,
            From = from,
            Term = Term,
        };
}
