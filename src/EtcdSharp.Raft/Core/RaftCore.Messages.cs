using EtcdSharp.Raft.Log;

namespace EtcdSharp.Raft.Core;

/// <summary>What comes in, sorted by term and type, and what goes out.</summary>
internal sealed partial class RaftCore
{
    private Message[] _messages = [];
    private int _messageCount;
    private Message[] _messagesAfterAppend = [];
    private int _messageAfterAppendCount;

    public bool HasMessages => _messageCount > 0 || _messageAfterAppendCount > 0;

    /// <summary>
    /// Messages that promise something: they may leave only when entries, term and vote as they are now are on disk.
    /// </summary>
    public ReadOnlySpan<Message> MessagesAfterAppend => _messagesAfterAppend.AsSpan(0, _messageAfterAppendCount);

    public void TakeMessages(Ready ready) => ready.TakeMessages(ref _messages, ref _messageCount);

    /// <summary>What the ready says has been handed over: it is in progress from now on.</summary>
    public void Accept(Ready ready, bool allowUnstable)
    {
        Array.Clear(_messagesAfterAppend, 0, _messageAfterAppendCount);
        _messageAfterAppendCount = 0;
        Log.Unstable.AcceptInProgress();
        if (!ready.CommittedEntries.IsEmpty)
        {
            var entries = ready.CommittedEntries.Span;
            Log.AcceptApplying(entries[^1].Index, EntrySizes.Encoded(entries), allowUnstable);
        }

        Trace(RaftTraceEvent.Ready);
    }

    public StepResult Step(Message message)
    {
        Trace(RaftTraceEvent.Receive, message);
        if (message.Term > Term)
        {
            if (!AcceptHigherTerm(message))
            {
                return StepResult.Ok;
            }
        }
        else if (message.Term != 0 && message.Term < Term)
        {
            AnswerLowerTerm(message);
            return StepResult.Ok;
        }

        switch (message.Type)
        {
            case MessageType.MsgHup:
                Hup(_options.PreVote ? Campaign.PreElection : Campaign.Election);
                return StepResult.Ok;
            case MessageType.MsgStorageAppendResp:
                OnStorageAppended(message);
                return StepResult.Ok;
            case MessageType.MsgStorageApplyResp:
                OnStorageApplied(message);
                return StepResult.Ok;
            case MessageType.MsgVote or MessageType.MsgPreVote:
                AnswerVoteRequest(message);
                return StepResult.Ok;
            default:
                return Role switch
                {
                    RaftRole.Leader => StepAsLeader(message),
                    RaftRole.Follower => StepAsFollower(message),
                    _ => StepAsCandidate(message),
                };
        }
    }

    /// <summary>
    /// A higher term makes a follower, except for votes on trial, whose term is a proposal, and vote requests while this
    /// member hears from a leader: those are not heeded at all (Raft thesis, section 4.2.3).
    /// </summary>
    private bool AcceptHigherTerm(Message message)
    {
        if (message.Type is MessageType.MsgVote or MessageType.MsgPreVote)
        {
            var isForced = message.Context.Span.SequenceEqual(TransferContext.Span);
            var isInLease = _options.CheckQuorum && Leader != RaftIds.None && _electionElapsed < _options.ElectionTicks;
            if (!isForced && isInLease)
            {
                var last = Log.LastEntryId;
                _logger.Info(
                    $"{Id:x} [logterm: {last.Term}, index: {last.Index}, vote: {Vote:x}] ignored {message.Type} from {message.From:x} [logterm: {message.LogTerm}, index: {message.Index}] at term {Term}: lease is not expired (remaining ticks: {_options.ElectionTicks - _electionElapsed})"
                );
                return false;
            }
        }

        var isTrial = message.Type == MessageType.MsgPreVote || (message.Type == MessageType.MsgPreVoteResp && !message.Reject);
        if (!isTrial)
        {
            _logger.Info(
                $"{Id:x} [term: {Term}] received a {message.Type} message with higher term from {message.From:x} [term: {message.Term}]"
            );
            var isFromLeader = message.Type is MessageType.MsgApp or MessageType.MsgHeartbeat or MessageType.MsgSnap;
            BecomeFollower(message.Term, isFromLeader ? message.From : RaftIds.None);
        }

        return true;
    }

    private void AnswerLowerTerm(Message message)
    {
        switch (message.Type)
        {
            // A leader of an old term hears of the new one and steps down. Without this a member that came back with a
            // higher term and may not disturb by a campaign would stay stuck.
            case MessageType.MsgHeartbeat or MessageType.MsgApp when _options.CheckQuorum || _options.PreVote:
                Send(NewMessage(MessageType.MsgAppResp, message.From));
                break;
            case MessageType.MsgPreVote:
                RejectVote(message);
                break;
            case MessageType.MsgStorageAppendResp:
                // Entries of an old term may have been overwritten since; a snapshot is committed and stays.
                if (message.Index != 0)
                {
                    _logger.Info(
                        $"{Id:x} [term: {Term}] ignored entry appends from a {message.Type} message with lower term [term: {message.Term}]"
                    );
                }

                OnSnapshotStored(message.Snapshot);
                break;
            default:
                _logger.Info(
                    $"{Id:x} [term: {Term}] ignored a {message.Type} message with lower term from {message.From:x} [term: {message.Term}]"
                );
                break;
        }
    }

    private void OnStorageAppended(Message message)
    {
        if (message.Index != 0)
        {
            Log.Unstable.StableTo(new EntryId(message.LogTerm, message.Index));
        }

        OnSnapshotStored(message.Snapshot);
    }

    private void OnStorageApplied(Message message)
    {
        var entries = message.Entries.Span;
        if (entries.IsEmpty)
        {
            return;
        }

        AppliedTo(entries[^1].Index, EntrySizes.Encoded(entries));
        ReduceUncommittedBytes(EntrySizes.Payload(entries));
    }

    private void OnSnapshotStored(Snapshot? snapshot)
    {
        if (snapshot is not null)
        {
            Log.Unstable.StableSnapshotTo(snapshot.Metadata.Index);
            AppliedTo(snapshot.Metadata.Index, 0);
        }
    }

    private Message NewMessage(MessageType type, ulong to, ulong index = 0) =>
        new()
        {
            Type = type,
            To = to,
            From = Id,
            Term = Term,
            Index = index,
        };

    private void Send(Message message)
    {
        Trace(RaftTraceEvent.Send, message);
        if (message.Type is MessageType.MsgAppResp or MessageType.MsgVoteResp or MessageType.MsgPreVoteResp)
        {
            Add(ref _messagesAfterAppend, ref _messageAfterAppendCount, message);
            return;
        }

        if (message.To == Id)
        {
            throw new RaftInvariantException($"a {message.Type} message to itself");
        }

        Add(ref _messages, ref _messageCount, message);
    }

    private static void Add<T>(ref T[] items, ref int count, T item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, Math.Max(4, items.Length * 2));
        }

        items[count++] = item;
    }
}
