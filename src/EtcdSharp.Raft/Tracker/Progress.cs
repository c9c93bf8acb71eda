namespace EtcdSharp.Raft.Tracker;

/// <summary>
/// What the leader knows of one member's log, and what it may send next (the nextIndex and matchIndex of the Raft paper,
/// figure 2, with flow control). Invariant: Match &lt; Next.
/// </summary>
internal sealed class Progress(ulong match, ulong next, bool isLearner, Inflights inflights)
{
    /// <summary>The highest commit index that was sent; what follows tells the member nothing new until it grows.</summary>
    private ulong _sentCommit;

    public Inflights Inflights { get; } = inflights;

    public ulong Match { get; private set; } = match;

    public ulong Next { get; private set; } = next;

    public ProgressState State { get; private set; }

    public bool IsLearner { get; } = isLearner;

    /// <summary>The index of the snapshot under way; meaningful in state Snapshot.</summary>
    public ulong PendingSnapshot { get; private set; }

    /// <summary>The member answered something since the last check of the quorum.</summary>
    public bool RecentActive { get; set; }

    /// <summary>No append until an answer or the next heartbeat's answer: one probe is out, or the in-flight window is full.</summary>
    public bool IsAppendPaused { get; set; }

    public bool IsPaused => State == ProgressState.Snapshot || IsAppendPaused;

    /// <summary>The same progress for a member that became a voter or a learner.</summary>
    public Progress As(bool learner) =>
        new(Match, Next, learner, Inflights)
        {
            State = State,
            PendingSnapshot = PendingSnapshot,
            RecentActive = RecentActive,
            IsAppendPaused = IsAppendPaused,
            _sentCommit = _sentCommit,
        };

    public void BecomeProbe()
    {
        var pendingSnapshot = State == ProgressState.Snapshot ? PendingSnapshot : 0;
        ResetState(ProgressState.Probe);
        Next = Math.Max(Match + 1, pendingSnapshot + 1);
        _sentCommit = Math.Min(_sentCommit, Next - 1);
    }

    public void BecomeReplicate()
    {
        ResetState(ProgressState.Replicate);
        Next = Match + 1;
    }

    public void BecomeSnapshot(ulong snapshotIndex)
    {
        ResetState(ProgressState.Snapshot);
        PendingSnapshot = snapshotIndex;
        Next = snapshotIndex + 1;
        _sentCommit = snapshotIndex;
    }

    /// <summary>A snapshot that failed leaves no index behind from which to go on.</summary>
    public void ForgetSnapshot() => PendingSnapshot = 0;

    /// <summary>An append left: advances Next optimistically when replicating, pauses when probing.</summary>
    public void OnAppendSent(int entries, ulong bytes)
    {
        switch (State)
        {
            case ProgressState.Replicate:
                if (entries > 0)
                {
                    Next += (ulong)entries;
                    Inflights.Add(Next - 1, bytes);
                }

                IsAppendPaused = Inflights.IsFull;
                break;
            case ProgressState.Probe:
                // The empty append of a probe may be repeated: it costs little and a lost one would pause for long.
                IsAppendPaused |= entries > 0;
                break;
            default:
                throw new RaftInvariantException($"an append was sent in state {State}");
        }
    }

    public void OnCommitSent(ulong commit) => _sentCommit = commit;

    /// <summary>A commit index is worth an append of its own when the member can advance its commit by it.</summary>
    public bool WouldAdvanceCommit(ulong commit) => commit > _sentCommit && _sentCommit < Next - 1;

    /// <summary>The member acknowledged up to the index; false when that is old news.</summary>
    public bool TryAdvance(ulong index)
    {
        if (index <= Match)
        {
            return false;
        }

        Match = index;
        Next = Math.Max(Next, index + 1);
        IsAppendPaused = false;
        return true;
    }

    /// <summary>
    /// The member rejected an append after <paramref name="rejected"/>; false when the rejection is stale. Goes back to
    /// the hint, which may skip whole terms (Raft paper, end of section 5.3).
    /// </summary>
    public bool TryStepBack(ulong rejected, ulong matchHint)
    {
        if (State == ProgressState.Replicate)
        {
            if (rejected <= Match)
            {
                return false;
            }

            Next = Match + 1;
            _sentCommit = Math.Min(_sentCommit, Next - 1);
            return true;
        }

        // Probing has one append out, just before Next: a rejection of anything else belongs to an earlier one.
        if (Next - 1 != rejected)
        {
            return false;
        }

        Next = Math.Max(Math.Min(rejected, matchHint + 1), Match + 1);
        _sentCommit = Math.Min(_sentCommit, Next - 1);
        IsAppendPaused = false;
        return true;
    }

    public ProgressStatus ToStatus(ulong id) =>
        new(
            id,
            Match,
            Next,
            State,
            IsLearner,
            IsPaused,
            RecentActive,
            PendingSnapshot,
            Inflights.Count,
            Inflights.Bytes,
            Inflights.IsFull
        );

    public override string ToString() => ToStatus(RaftIds.None).ToString();

    private void ResetState(ProgressState state)
    {
        IsAppendPaused = false;
        PendingSnapshot = 0;
        State = state;
        Inflights.Reset();
    }
}
