using EtcdSharp.Platform;

namespace EtcdSharp.Raft;

/// <summary>The parameters of one member. Times are in ticks: calls of <see cref="RaftNode.Tick"/>.</summary>
public sealed class RaftConfig
{
    public const ulong NoLimit = ulong.MaxValue;

    /// <summary>The id of this member, not zero and not one of <see cref="RaftIds"/>.</summary>
    public required ulong Id { get; init; }

    /// <summary>
    /// A follower that hears nothing for this long, plus a random part of up to as much again, campaigns. Must exceed
    /// <see cref="HeartbeatTicks"/>; ten times is usual. Longer means fewer needless elections and slower recovery.
    /// </summary>
    public required int ElectionTicks { get; init; }

    public required int HeartbeatTicks { get; init; }

    public required IRaftStorage Storage { get; init; }

    /// <summary>Spreads election timeouts so that votes rarely split (Raft paper, section 5.2).</summary>
    public required IRandomness Randomness { get; init; }

    /// <summary>The index that the state machine above has applied already; only entries after it are handed out.</summary>
    public ulong Applied { get; init; }

    /// <summary>
    /// Storage is written through <see cref="MessageType.MsgStorageAppend"/> and <see cref="MessageType.MsgStorageApply"/>
    /// messages, which other threads work off in order while the node goes on, instead of between
    /// <see cref="RaftNode.Ready"/> and <see cref="RaftNode.Advance"/>.
    /// </summary>
    public bool AsyncStorageWrites { get; init; }

    /// <summary>
    /// Entry bytes per append message. Smaller recovers cheaper from loss, larger carries more per round trip. Zero
    /// means one entry per message.
    /// </summary>
    public ulong MaxSizePerMessage { get; init; } = NoLimit;

    /// <summary>Bytes of committed entries handed out and not yet applied; zero means as <see cref="MaxSizePerMessage"/>.</summary>
    public ulong MaxCommittedSizePerReady { get; init; }

    /// <summary>Bytes of entries in the leader's log that are not applied yet, beyond which proposals are dropped; zero means no limit.</summary>
    public ulong MaxUncommittedEntriesSize { get; init; }

    /// <summary>Appends sent to a follower and not yet answered.</summary>
    public required int MaxInflightMessages { get; init; }

    /// <summary>
    /// Entry bytes sent to a follower and not yet answered; zero means no limit. Bounds the bandwidth-delay product: 1 MB
    /// at 100 ms of round trip allows 10 MB/s.
    /// </summary>
    public ulong MaxInflightBytes { get; init; }

    /// <summary>A leader that has not heard from a quorum for an election timeout steps down (Raft thesis, section 6.2).</summary>
    public bool CheckQuorum { get; init; }

    /// <summary>A member that was cut off asks for votes on trial first, and so disturbs no one (Raft thesis, section 9.6).</summary>
    public bool PreVote { get; init; }

    public ReadOnlyMode ReadOnly { get; init; }

    /// <summary>Followers drop proposals instead of sending them to the leader.</summary>
    public bool DisableProposalForwarding { get; init; }

    /// <summary>
    /// Proposed configuration changes are not checked against the active configuration. Only for those who check
    /// themselves: an invalid change that gets applied breaks an invariant.
    /// </summary>
    public bool DisableConfChangeValidation { get; init; }

    /// <summary>A leader that is removed or demoted to learner steps down when the change is applied.</summary>
    public bool StepDownOnRemoval { get; init; }

    public IRaftLogSink? LogSink { get; init; }

    public IRaftTracer? Tracer { get; init; }

    /// <summary>Null when usable, else what is wrong.</summary>
    public string? Validate()
    {
        if (Id == RaftIds.None || RaftIds.IsLocalThread(Id))
        {
            return "the id must be neither zero nor that of a local thread";
        }

        if (HeartbeatTicks <= 0)
        {
            return "heartbeat ticks must be greater than 0";
        }

        if (ElectionTicks <= HeartbeatTicks)
        {
            return "election ticks must be greater than heartbeat ticks";
        }

        if (MaxInflightMessages <= 0)
        {
            return "max inflight messages must be greater than 0";
        }

        if (MaxInflightBytes != 0 && MaxInflightBytes < MaxSizePerMessage)
        {
            return "max inflight bytes must be at least the max message size";
        }

        return ReadOnly == ReadOnlyMode.LeaseBased && !CheckQuorum ? "check-quorum must be on for lease-based reads" : null;
    }
}
