namespace EtcdSharp.Client;

/// <summary>A lease that is kept alive in the background until it is disposed or lost.</summary>
public interface IKeptLease : IAsyncDisposable
{
    /// <summary>Its number.</summary>
    long Id { get; }

    /// <summary>How long it lasts from each confirmation, as the server granted it.</summary>
    TimeSpan TimeToLive { get; }

    /// <summary>
    /// Cancelled at the moment from which on the lease must be taken for gone: not later than the server lets it end.
    /// Give it to everything that may go on only while the lease is held.
    /// </summary>
    CancellationToken Lost { get; }

    /// <summary>Done when it is kept alive no longer, for whatever reason.</summary>
    Task<LeaseEnd> Ended { get; }
}
