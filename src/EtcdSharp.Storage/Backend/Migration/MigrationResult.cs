namespace EtcdSharp.Storage.Backend.Migration;

/// <summary>What a migration of a data directory came to.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Current">The version before; null when it could not be told.</param>
/// <param name="Steps">The versions that were passed through, the last one included; none unless migrated.</param>
/// <param name="Problem">etcd's words for why not; null when nothing was wrong.</param>
internal sealed record MigrationResult(
    MigrationOutcome Outcome,
    StorageVersion? Current,
    IReadOnlyList<StorageVersion> Steps,
    string? Problem = null
);
