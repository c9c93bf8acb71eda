namespace EtcdSharp.Cluster.Client;

/// <summary>What the client said of a write.</summary>
internal enum WriteOutcome
{
    Done,

    /// <summary>It surely did not happen.</summary>
    NotDone,

    /// <summary>It may have happened, now or later.</summary>
    Unknown,
}
