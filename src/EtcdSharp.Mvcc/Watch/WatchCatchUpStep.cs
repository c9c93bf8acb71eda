namespace EtcdSharp.Mvcc.Watch;

internal enum WatchCatchUpStep
{
    /// <summary>Nobody is behind whose stream has room.</summary>
    Idle,

    /// <summary>Something was done; there may be more.</summary>
    Worked,

    /// <summary>The next revision has been notified and is readable in a moment.</summary>
    AwaitPublication,
}
