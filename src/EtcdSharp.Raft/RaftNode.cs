namespace EtcdSharp.Raft;

/// <summary>
/// One member's consensus state machine, without clock, threads or I/O: messages, ticks and proposals go in, and
/// <see cref="Ready"/> says what must be stored, sent and applied. One thread at a time may call it.
/// </summary>
public sealed class RaftNode
{
    public RaftNode(RaftConfig config) => throw new NotSupportedException("The consensus core follows.");

    /// <summary>Begins a new cluster with these members; only on an empty storage, and on every one of them alike.</summary>
    public void Bootstrap(ReadOnlySpan<BootstrapPeer> peers) => throw new NotSupportedException("The consensus core follows.");

    /// <summary>One unit of time passes: election and heartbeat timers advance.</summary>
    public void Tick() => throw new NotSupportedException("The consensus core follows.");

    public StepResult Campaign() => throw new NotSupportedException("The consensus core follows.");

    /// <summary>Proposes one entry of data, whose memory must not change from now on.</summary>
    public StepResult Propose(ReadOnlyMemory<byte> data) => throw new NotSupportedException("The consensus core follows.");

    /// <summary>Proposes several entries that are accepted or dropped together and travel in the same append.</summary>
    public StepResult Propose(ReadOnlySpan<ReadOnlyMemory<byte>> batch) => throw new NotSupportedException("The consensus core follows.");

    public StepResult ProposeConfChange(ConfChange change) => throw new NotSupportedException("The consensus core follows.");

    public StepResult ProposeConfChange(ConfChangeV2 change) => throw new NotSupportedException("The consensus core follows.");

    /// <summary>
    /// Puts a committed change into force; called for every configuration entry that is applied, in order. An entry that
    /// the state machine above refuses is applied as a change without members (node id zero).
    /// </summary>
    public ConfState ApplyConfChange(ConfChange change) => throw new NotSupportedException("The consensus core follows.");

    public ConfState ApplyConfChange(ConfChangeV2 change) => throw new NotSupportedException("The consensus core follows.");

    /// <summary>A message from a peer or a response from a storage thread.</summary>
    public StepResult Step(Message message) => throw new NotSupportedException("The consensus core follows.");

    public bool HasReady => throw new NotSupportedException("The consensus core follows.");

    /// <summary>Takes everything that is due. In synchronous form <see cref="Advance"/> must follow before the next.</summary>
    public Ready Ready() => throw new NotSupportedException("The consensus core follows.");

    /// <summary>Synchronous form only: the last <see cref="Ready"/> is stored and applied.</summary>
    public void Advance() => throw new NotSupportedException("The consensus core follows.");

    /// <summary>Asks for a read index; the answer comes as a <see cref="ReadState"/> with the same context, or never.</summary>
    public void ReadIndex(ReadOnlyMemory<byte> context) => throw new NotSupportedException("The consensus core follows.");

    public void TransferLeader(ulong transferee) => throw new NotSupportedException("The consensus core follows.");

    public StepResult ForgetLeader() => throw new NotSupportedException("The consensus core follows.");

    public void ReportUnreachable(ulong id) => throw new NotSupportedException("The consensus core follows.");

    public void ReportSnapshot(ulong id, SnapshotDelivery delivery) => throw new NotSupportedException("The consensus core follows.");

    public RaftBasicStatus BasicStatus => throw new NotSupportedException("The consensus core follows.");

    public RaftStatus Status() => throw new NotSupportedException("The consensus core follows.");
}
