namespace EtcdSharp.Raft.Core;

/// <summary>Linearizable reads without a log entry (Raft thesis, section 6.4).</summary>
internal sealed partial class RaftCore
{
    /// <summary>
    /// Reads that wait for the first commit of this term: before it a new leader does not know what is committed.
    /// Whoever asks gives up and asks again after a while, so what is left from an earlier term may be answered late.
    /// </summary>
    private readonly List<Message> _postponedReads = [];

    private readonly ReadQueue _reads = new();
    private ReadState[] _readStates = [];
    private int _readStateCount;

    public bool HasReadStates => _readStateCount > 0;

    /// <summary>
    /// More postponed reads than this are dropped, which is allowed: 4096 messages of some 200 bytes, below 1 MB. The
    /// server above shares one read index among all reads that wait, so that a handful is usual.
    /// </summary>
    private const int PostponedReadsMax = 4096;

    private bool HasCommittedInThisTerm => Log.TermOrZero(Log.Committed) == Term;

    public void TakeReadStates(Ready ready) => ready.TakeReadStates(ref _readStates, ref _readStateCount);

    private void ReadAsLeader(Message request)
    {
        if (request.Entries.Length != 1)
        {
            _logger.Error("a read request without exactly one entry was ignored");
            return;
        }

        // The only voter, too: after a restart its commit index may lie behind what it has acknowledged before.
        if (HasCommittedInThisTerm)
        {
            BeginRead(request);
        }
        else if (_postponedReads.Count < PostponedReadsMax)
        {
            _postponedReads.Add(request);
        }
    }

    private void BeginRead(Message request)
    {
        if (_options.ReadOnly == ReadOnlyMode.LeaseBased)
        {
            Answer(request, Log.Committed);
            return;
        }

        _reads.Add(request, Log.Committed);
        _reads.AcknowledgeAll(Id);
        BroadcastHeartbeat();

        // The leader may have become the only voter while the read was postponed.
        AnswerConfirmedReads();
    }

    private void ReleasePostponedReads()
    {
        if (_postponedReads.Count == 0 || !HasCommittedInThisTerm)
        {
            return;
        }

        foreach (var request in _postponedReads)
        {
            BeginRead(request);
        }

        _postponedReads.Clear();
    }

    private void AnswerConfirmedReads()
    {
        for (var confirmed = _reads.CountConfirmed(_config.Voters); confirmed > 0; confirmed--)
        {
            var read = _reads.TakeConfirmed();
            Answer(read.Request, read.Index);
        }
    }

    private void Answer(Message request, ulong index)
    {
        if (request.From == RaftIds.None || request.From == Id)
        {
            Add(ref _readStates, ref _readStateCount, new ReadState(index, request.Entries.Span[0].Data));
            return;
        }

        Send(
            new Message
            {
                Type = MessageType.MsgReadIndexResp,
                To = request.From,
                From = Id,
                Term = Term,
                Index = index,
                Entries = request.Entries,
            }
        );
    }

    private void ForwardRead(Message request)
    {
        if (Leader == RaftIds.None)
        {
            _logger.Info($"{Id:x} no leader at term {Term}; dropping index reading msg");
            return;
        }

        Send(request.ForwardedTo(Leader, request.From == RaftIds.None ? Id : request.From));
    }

    private void AcceptReadAnswer(Message answer)
    {
        if (answer.Entries.Length != 1)
        {
            _logger.Error(
                $"{Id:x} invalid format of MsgReadIndexResp from {answer.From:x}, entries count: {answer.Entries.Length}"
            );
            return;
        }

        Add(ref _readStates, ref _readStateCount, new ReadState(answer.Index, answer.Entries.Span[0].Data));
    }
}
