namespace EtcdSharp.Replica.Lease;

/// <summary>What a tick of the lessor asks its owner to propose.</summary>
/// <param name="Expired">Leases to revoke. Whoever is not the leader any more, or fails, drops them: they come again.</param>
/// <param name="Checkpoints">Remaining times to propose, at most <see cref="Lessor.CheckpointsPerProposalMax"/> at a time.</param>
internal sealed record LessorDuties(IReadOnlyList<long> Expired, IReadOnlyList<LeaseCheckpoint> Checkpoints)
{
    public static readonly LessorDuties None = new([], []);
}
