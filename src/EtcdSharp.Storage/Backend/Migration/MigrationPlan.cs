namespace EtcdSharp.Storage.Backend.Migration;

/// <summary>
/// The way from one storage version to another, a release at a time. The only difference between the schemas is that
/// those from 3.6 on record their version, which 3.5 does not know.
/// </summary>
internal sealed class MigrationPlan
{
    private MigrationPlan(IReadOnlyList<StorageVersion> steps, string? problem)
    {
        Steps = steps;
        Problem = problem;
    }

    /// <summary>The versions to pass through, the target last; none when it is reached or out of reach.</summary>
    public IReadOnlyList<StorageVersion> Steps { get; }

    /// <summary>etcd's words for why there is no way; null when there is one.</summary>
    public string? Problem { get; }

    /// <param name="current">The version of the storage.</param>
    /// <param name="target">The version that it is to have.</param>
    /// <param name="oldestReader">The oldest release that understands the log behind the snapshot; null for any. Counts downwards only.</param>
    public static MigrationPlan Find(StorageVersion current, StorageVersion target, StorageVersion? oldestReader)
    {
        if (current.Major != target.Major)
        {
            return Refuse("cannot create migration plan: changing major storage version is not supported");
        }

        var steps = new List<StorageVersion>();
        for (var reached = current; reached != target; steps.Add(reached))
        {
            var isUpgrade = reached < target;

            // What a step changes is known by the higher of its two versions.
            var higher = isUpgrade ? reached.Next : reached;
            if (higher < StorageVersion.V3_6 || higher > StorageVersion.V3_7)
            {
                return Refuse($"cannot create migration plan: version \"{higher}\" is not supported");
            }

            reached = isUpgrade ? reached.Next : reached.Previous;
        }

        return target < current && target < oldestReader
            ? Refuse(
                $"cannot downgrade storage, WAL contains newer entries, as the target version ({target}) is lower than the version ({oldestReader}) detected from WAL logs"
            )
            : new MigrationPlan(steps, null);
    }

    private static MigrationPlan Refuse(string problem) => new([], problem);
}
