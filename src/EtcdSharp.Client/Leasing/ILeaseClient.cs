using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>Leases: keys that live with one are deleted when it ends.</summary>
public interface ILeaseClient
{
    /// <summary>Makes a lease that ends by itself after the time unless it is kept alive.</summary>
    /// <param name="timeToLive">Rounded up to whole seconds. The server makes it longer where it is very short, or nothing.</param>
    /// <param name="id">Its number; 0 lets the server choose.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="EtcdException"><c>LeaseExist</c>, <c>LeaseTTLTooLarge</c> (9,000,000,000 s are the most), <c>NoSpace</c>.</exception>
    Task<LeaseGrantResponse> GrantAsync(TimeSpan timeToLive, long id = 0, CancellationToken cancellationToken = default);

    /// <summary>Ends a lease and deletes its keys.</summary>
    /// <exception cref="EtcdException"><c>LeaseNotFound</c>: it has ended already.</exception>
    Task<LeaseRevokeResponse> RevokeAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>How long it has to live: TTL in seconds, -1 where there is no such lease; and, if asked for, its keys.</summary>
    Task<LeaseTimeToLiveResponse> TimeToLiveAsync(long id, bool keys = false, CancellationToken cancellationToken = default);

    /// <summary>All leases there are.</summary>
    Task<LeaseLeasesResponse> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Prolongs a lease once, to the whole time that it was granted for; the answer's TTL is in seconds.</summary>
    /// <exception cref="EtcdException"><c>LeaseNotFound</c>: there is no such lease, or it has ended.</exception>
    Task<LeaseKeepAliveResponse> KeepAliveOnceAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Makes a lease and keeps it alive; disposing it revokes it.</summary>
    /// <param name="timeToLive">As with <see cref="GrantAsync"/>. A third of it is what a keepalive may take.</param>
    /// <param name="cancellationToken">Gives up making it; of no effect afterwards.</param>
    Task<IKeptLease> HoldAsync(TimeSpan timeToLive, CancellationToken cancellationToken = default);

    /// <summary>Keeps a lease alive that exists; disposing it leaves it to its time. At most one per lease and client.</summary>
    /// <exception cref="EtcdException"><c>LeaseNotFound</c>: there is no such lease.</exception>
    /// <exception cref="InvalidOperationException">This client keeps it alive already.</exception>
    Task<IKeptLease> KeepAliveAsync(long id, CancellationToken cancellationToken = default);
}
