using System.Text;
using EtcdSharp.Raft.Log;
using EtcdSharp.Raft.Quorum;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Core;

/// <summary>Roles, timers, campaigns and votes (Raft paper, section 5.2).</summary>
internal sealed partial class RaftCore
{
    /// <summary>The mark of a vote request at the leader's wish; part of the peer protocol.</summary>
    private static readonly ReadOnlyMemory<byte> TransferContext = Encoding.ASCII.GetBytes("CampaignTransfer");

    private readonly VoteRecord _votes = new();

    /// <summary>Ticks since a leader was heard, or for a leader since it last checked its quorum.</summary>
    private int _electionElapsed;

    private int _heartbeatElapsed;
    private int _randomizedElectionTicks;

    /// <summary>A learner never campaigns, nor does a member whose snapshot is still to be installed.</summary>
    private bool IsPromotable => _progress.TryGet(Id, out var own) && !own.IsLearner && !Log.HasNextOrInProgressSnapshot;

    public void Tick()
    {
        _electionElapsed++;
        if (Role == RaftRole.Leader)
        {
            TickAsLeader();
        }
        else if (_electionElapsed >= _randomizedElectionTicks && IsPromotable)
        {
            _electionElapsed = 0;
            Hup(_options.PreVote ? Campaign.PreElection : Campaign.Election);
        }
    }

    public void SetRandomizedElectionTicks(int ticks) => _randomizedElectionTicks = ticks;

    public void ForgetLeader()
    {
        if (Role != RaftRole.Follower)
        {
            return;
        }

        if (_options.ReadOnly == ReadOnlyMode.LeaseBased)
        {
            _logger.Error("ignoring MsgForgetLeader due to ReadOnlyLeaseBased");
            return;
        }

        if (Leader != RaftIds.None)
        {
            _logger.Info($"{Id:x} forgetting leader {Leader:x} at term {Term}");
            Leader = RaftIds.None;
        }
    }

    public void StepDown()
    {
        if (Role == RaftRole.Leader)
        {
            _logger.Warning($"{Id:x} stepped down to follower since quorum is not active");
            BecomeFollower(Term, RaftIds.None);
        }
    }

    private void TickAsLeader()
    {
        _heartbeatElapsed++;
        if (_electionElapsed >= _options.ElectionTicks)
        {
            _electionElapsed = 0;
            if (_options.CheckQuorum)
            {
                CheckQuorum();
            }

            // A transfer that takes longer than an election is given up, and proposals are accepted again.
            LeadTransferee = RaftIds.None;
        }

        if (Role == RaftRole.Leader && _heartbeatElapsed >= _options.HeartbeatTicks)
        {
            _heartbeatElapsed = 0;
            BroadcastHeartbeat();
        }
    }

    private void Reset(ulong term)
    {
        if (Term != term)
        {
            Term = term;
            Vote = RaftIds.None;
        }

        Leader = RaftIds.None;
        LeadTransferee = RaftIds.None;
        _electionElapsed = 0;
        _heartbeatElapsed = 0;
        _randomizedElectionTicks =
            _options.ElectionTicks + (int)(_options.Randomness.NextUInt64() % (ulong)_options.ElectionTicks);
        _votes.Clear();
        _pendingConfIndex = 0;
        _uncommittedBytes = 0;
        _reads.Clear();

        var last = Log.LastIndex;
        for (var i = 0; i < _progress.Count; i++)
        {
            var match = _progress.Ids[i] == Id ? last : 0;
            var inflights = new Inflights(_options.MaxInflightMessages, _options.MaxInflightBytes);
            _progress.Replace(i, new Progress(match, last + 1, _progress.At(i).IsLearner, inflights));
        }
    }

    private void BecomeFollower(ulong term, ulong leader)
    {
        Reset(term);
        Leader = leader;
        Role = RaftRole.Follower;
        _logger.Info($"{Id:x} became follower at term {Term}");
        Trace(RaftTraceEvent.BecomeFollower);
    }

    private void BecomeCandidate()
    {
        CheckTransition(Role != RaftRole.Leader, RaftRole.Candidate);
        Reset(Term + 1);
        Vote = Id;
        Role = RaftRole.Candidate;
        _logger.Info($"{Id:x} became candidate at term {Term}");
        Trace(RaftTraceEvent.BecomeCandidate);
    }

    /// <summary>Changes neither term nor vote: a trial binds nobody.</summary>
    private void BecomePreCandidate()
    {
        CheckTransition(Role != RaftRole.Leader, RaftRole.PreCandidate);
        _votes.Clear();
        Leader = RaftIds.None;
        Role = RaftRole.PreCandidate;
        _logger.Info($"{Id:x} became pre-candidate at term {Term}");
    }

    /// <summary>Begins the term with an empty entry, which commits everything before it (Raft paper, section 8).</summary>
    private void BecomeLeader()
    {
        CheckTransition(Role != RaftRole.Follower, RaftRole.Leader);
        Reset(Term);
        Leader = Id;
        Role = RaftRole.Leader;
        if (!_progress.TryGet(Id, out var own))
        {
            throw new RaftInvariantException($"{Id:x} was elected and is no member");
        }

        own.BecomeReplicate();
        own.RecentActive = true;

        // There may be a configuration change in the log that is not applied: assume the worst, it is found out soon.
        _pendingConfIndex = Log.LastIndex;
        Trace(RaftTraceEvent.BecomeLeader);
        if (!TryAppendOwn([default]))
        {
            throw new RaftInvariantException("the empty entry of a new term was dropped");
        }

        _logger.Info($"{Id:x} became leader at term {Term}");
    }

    private void CheckTransition(bool isValid, RaftRole next)
    {
        if (!isValid)
        {
            throw new RaftInvariantException($"invalid transition [{Role} -> {next}]");
        }
    }

    private void Hup(Campaign campaign)
    {
        if (Role == RaftRole.Leader)
        {
            _logger.Debug($"{Id:x} ignoring MsgHup because already leader");
            return;
        }

        if (!IsPromotable)
        {
            _logger.Warning($"{Id:x} is unpromotable and can not campaign");
            return;
        }

        // The change may remove this member, or make it count votes by the wrong configuration.
        if (Log.HasUnappliedConfChange())
        {
            _logger.Warning(
                $"{Id:x} cannot campaign at term {Term} since there are still pending configuration changes to apply"
            );
            return;
        }

        _logger.Info($"{Id:x} is starting a new election at term {Term}");
        RequestVotes(campaign);
    }

    private void RequestVotes(Campaign campaign)
    {
        var isTrial = campaign == Campaign.PreElection;
        if (isTrial)
        {
            BecomePreCandidate();
        }
        else
        {
            BecomeCandidate();
        }

        var term = isTrial ? Term + 1 : Term;
        var request = isTrial ? MessageType.MsgPreVote : MessageType.MsgVote;
        var last = Log.LastEntryId;
        foreach (var id in _config.Voters.All.Ids)
        {
            if (id == Id)
            {
                // Its own vote counts only when it is on disk, like everybody's.
                Send(
                    new Message
                    {
                        Type = ResponseTo(request),
                        To = Id,
                        From = Id,
                        Term = term,
                    }
                );
                continue;
            }

            _logger.Info($"{Id:x} [logterm: {last.Term}, index: {last.Index}] sent {request} request to {id:x} at term {Term}");
            Send(
                new Message
                {
                    Type = request,
                    To = id,
                    From = Id,
                    Term = term,
                    Index = last.Index,
                    LogTerm = last.Term,
                    Context = campaign == Campaign.Transfer ? TransferContext : default,
                }
            );
        }
    }

    private void AnswerVoteRequest(Message message)
    {
        // A vote may be repeated, given when none was and no leader is known, or promised on trial for a later term.
        var canVote =
            Vote == message.From
            || (Vote == RaftIds.None && Leader == RaftIds.None)
            || (message.Type == MessageType.MsgPreVote && message.Term > Term);
        var last = Log.LastEntryId;
        if (!canVote || !Log.IsUpToDate(new EntryId(message.LogTerm, message.Index)))
        {
            RejectVote(message);
            return;
        }

        _logger.Info(
            $"{Id:x} [logterm: {last.Term}, index: {last.Index}, vote: {Vote:x}] cast {message.Type} for {message.From:x} [logterm: {message.LogTerm}, index: {message.Index}] at term {Term}"
        );

        // The answer to a trial carries the term of the trial, else the candidate would take it for an old one.
        Send(
            new Message
            {
                Type = ResponseTo(message.Type),
                To = message.From,
                From = Id,
                Term = message.Term,
            }
        );
        if (message.Type == MessageType.MsgVote)
        {
            _electionElapsed = 0;
            Vote = message.From;
        }
    }

    private void RejectVote(Message message)
    {
        var last = Log.LastEntryId;
        _logger.Info(
            $"{Id:x} [logterm: {last.Term}, index: {last.Index}, vote: {Vote:x}] rejected {message.Type} from {message.From:x} [logterm: {message.LogTerm}, index: {message.Index}] at term {Term}"
        );
        Send(
            new Message
            {
                Type = ResponseTo(message.Type),
                To = message.From,
                From = Id,
                Term = Term,
                Reject = true,
            }
        );
    }

    private StepResult StepAsCandidate(Message message)
    {
        var awaited = Role == RaftRole.PreCandidate ? MessageType.MsgPreVoteResp : MessageType.MsgVoteResp;
        switch (message.Type)
        {
            case MessageType.MsgProp:
                _logger.Info($"{Id:x} no leader at term {Term}; dropping proposal");
                return StepResult.ProposalDropped;
            case MessageType.MsgApp or MessageType.MsgHeartbeat or MessageType.MsgSnap:
                BecomeFollower(message.Term, message.From);
                return StepAsFollower(message);
            case MessageType.MsgTimeoutNow:
                _logger.Debug($"{Id:x} [term {Term} state State{Role}] ignored MsgTimeoutNow from {message.From:x}");
                break;
            case var type when type == awaited:
                CountVote(message);
                break;
        }

        return StepResult.Ok;
    }

    private void CountVote(Message message)
    {
        if (message.Reject)
        {
            _logger.Info($"{Id:x} received {message.Type} rejection from {message.From:x} at term {Term}");
        }
        else
        {
            _logger.Info($"{Id:x} received {message.Type} from {message.From:x} at term {Term}");
        }

        var votes = _votes;
        votes.Record(message.From, !message.Reject);
        var (granted, rejected) = CountVotes();
        _logger.Info($"{Id:x} has received {granted} {message.Type} votes and {rejected} vote rejections");
        switch (_config.Voters.Tally(ref votes))
        {
            case VoteResult.VoteWon when Role == RaftRole.PreCandidate:
                RequestVotes(Campaign.Election);
                break;
            case VoteResult.VoteWon:
                BecomeLeader();
                BroadcastAppend();
                break;
            case VoteResult.VoteLost:
                // The rejection of a trial may carry a higher term, which was heeded already; this term stays.
                BecomeFollower(Term, RaftIds.None);
                break;
        }
    }

    private (int Granted, int Rejected) CountVotes()
    {
        var granted = 0;
        var rejected = 0;
        for (var i = 0; i < _progress.Count; i++)
        {
            if (!_progress.At(i).IsLearner && _votes.TryGetVote(_progress.Ids[i], out var vote))
            {
                granted += vote ? 1 : 0;
                rejected += vote ? 0 : 1;
            }
        }

        return (granted, rejected);
    }

    private static MessageType ResponseTo(MessageType voteRequest) =>
        voteRequest == MessageType.MsgPreVote ? MessageType.MsgPreVoteResp : MessageType.MsgVoteResp;
}
