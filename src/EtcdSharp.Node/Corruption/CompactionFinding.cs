namespace EtcdSharp.Node.Corruption;

/// <summary>What comparing the hashes that all members took at one compaction came to.</summary>
internal sealed record CompactionFinding
{
    /// <summary>Members whose answer could be compared, the leader not counted.</summary>
    public required int PeersChecked { get; init; }

    /// <summary>Members that gave no hash of this compaction, and why.</summary>
    public required IReadOnlyList<(ulong MemberId, string Reason)> Skipped { get; init; }

    /// <summary>Hashes that differ from the majority's, or all when there is no majority; none when all are equal.</summary>
    public required IReadOnlyList<(uint Hash, IReadOnlyList<ulong> Members)> Deviating { get; init; }

    public required bool MajorityExists { get; init; }

    /// <summary>All members were compared and are equal.</summary>
    public bool IsComplete => Deviating.Count == 0 && Skipped.Count == 0;

    /// <summary>Whose data is damaged: those outside of the majority; 0, which stands for the cluster, where it cannot be told.</summary>
    public IReadOnlyList<ulong> Corrupt =>
        Deviating.Count == 0 ? []
        : MajorityExists ? [.. Deviating.SelectMany(group => group.Members)]
        : [0];
}
