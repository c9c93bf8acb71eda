using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

internal sealed class BackendOptions
{
    public const int CommitIntervalMsDefault = 100;

    public const int CommitOperationsDefault = 10_000;

    /// <summary>A batch with anything in it is committed at the latest after this, as <c>--backend-batch-interval</c>.</summary>
    public int CommitIntervalMs { get; init; } = CommitIntervalMsDefault;

    /// <summary>… or with this many operations, as <c>--backend-batch-limit</c>.</summary>
    public int CommitOperations { get; init; } = CommitOperationsDefault;

    /// <summary>Leaves out the syncs: for tests, and for <c>--unsafe-no-fsync</c>.</summary>
    public bool NoSync { get; init; }

    /// <summary>Where the backend counts.</summary>
    public BackendMetrics Metrics { get; init; } = BackendMetrics.Unheard;

    /// <summary>Address space reserved for the file at open.</summary>
    public long InitialMapBytes { get; init; } = BoltOptions.DefaultInitialMapBytes;

    /// <summary>Commits on a thread of its own. Off in the simulation, which commits when the seed says so.</summary>
    public bool OwnThread { get; init; } = true;

    /// <summary>
    /// Called on the committer thread when a commit fails. The member cannot go on: what it acknowledged is in the log,
    /// but no longer gets into the file. Must not return; the default ends the process.
    /// </summary>
    public Action<Exception> CommitFailed { get; init; } =
        static error => Environment.FailFast("the backend could not commit", error);
}
