namespace EtcdSharp.Storage.Backend.Migration;

/// <summary>How a migration of a data directory went.</summary>
internal enum MigrationOutcome
{
    /// <summary>The storage has the wanted version already; nothing was read or written beside that.</summary>
    UpToDate,

    /// <summary>All steps were taken.</summary>
    Migrated,

    /// <summary>It was refused for <see cref="MigrationResult.Problem"/>, and the version recorded nevertheless, as the caller insisted.</summary>
    Forced,

    /// <summary>Nothing was changed, for <see cref="MigrationResult.Problem"/>.</summary>
    Refused,

    /// <summary>The directory does not tell its version; nothing was changed.</summary>
    NotDetected,
}
