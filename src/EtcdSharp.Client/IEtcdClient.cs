namespace EtcdSharp.Client;

/// <summary>
/// A client of a cluster. The methods that start with <c>With</c> and <see cref="InNamespace"/> give views: they share its
/// connections and end with it. Safe for use by many threads.
/// </summary>
public interface IEtcdClient : IAsyncDisposable
{
    /// <summary>Keys and values.</summary>
    IKvClient Kv { get; }

    /// <summary>Changes as they happen.</summary>
    IWatchClient Watch { get; }

    /// <summary>Leases.</summary>
    ILeaseClient Lease { get; }

    /// <summary>Members.</summary>
    IClusterClient Cluster { get; }

    /// <summary>Status, snapshots, alarms.</summary>
    IMaintenanceClient Maintenance { get; }

    /// <summary>Users and roles.</summary>
    IAuthClient Auth { get; }

    /// <summary>Where calls go, in turn.</summary>
    IReadOnlyList<string> Endpoints { get; }

    /// <summary>A view that sees only the keys below the prefix, without it. Views may be taken of views.</summary>
    IEtcdClient InNamespace(EtcdBytes prefix);

    /// <summary>A view whose calls may take so long, with all their repetitions.</summary>
    IEtcdClient WithTimeout(TimeSpan timeout);

    /// <summary>
    /// A view that is refused by members that have no leader, instead of waiting; its watches end with <c>NoLeader</c>
    /// where their member loses the leader for some seconds.
    /// </summary>
    IEtcdClient WithRequiredLeader();

    /// <summary>
    /// A view whose reads are never older than what was read or written through it before, serializable reads included:
    /// a member that lags behind is passed over.
    /// </summary>
    IEtcdClient WithOrderedReads();
}
