namespace EtcdSharp.Node.Proposals;

/// <summary>Which queue a proposal waits in.</summary>
internal enum ProposalLane
{
    /// <summary>Requests of clients; refused first when the member falls behind.</summary>
    Normal,

    /// <summary>Lease revocation, compaction and alarms: what frees space or work is let through longer.</summary>
    Priority,
}
