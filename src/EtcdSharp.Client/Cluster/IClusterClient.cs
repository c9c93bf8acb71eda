using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>The members of the cluster.</summary>
public interface IClusterClient
{
    /// <summary>All members.</summary>
    /// <param name="linearizable">False lets a member answer from what it knows, also without a leader.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<MemberListResponse> ListAsync(bool linearizable = true, CancellationToken cancellationToken = default);

    /// <summary>Adds a member that is going to be started with these peer addresses.</summary>
    /// <exception cref="EtcdException">
    /// <c>PeerURLExist</c>, <c>MemberBadURLs</c>, <c>TooManyLearners</c>; <c>Unhealthy</c> or <c>MemberNotEnoughStarted</c>
    /// where the cluster could lose its majority by it.
    /// </exception>
    Task<MemberAddResponse> AddAsync(
        IReadOnlyList<string> peerUrls,
        bool asLearner = false,
        CancellationToken cancellationToken = default
    );

    /// <summary>Removes a member, which stops.</summary>
    /// <exception cref="EtcdException"><c>MemberNotFound</c>; <c>Unhealthy</c> or <c>MemberNotEnoughStarted</c> as with adding.</exception>
    Task<MemberRemoveResponse> RemoveAsync(ulong memberId, CancellationToken cancellationToken = default);

    /// <summary>Changes the peer addresses of a member.</summary>
    /// <exception cref="EtcdException"><c>MemberNotFound</c>, <c>PeerURLExist</c>, <c>MemberBadURLs</c>.</exception>
    Task<MemberUpdateResponse> UpdateAsync(
        ulong memberId,
        IReadOnlyList<string> peerUrls,
        CancellationToken cancellationToken = default
    );

    /// <summary>Makes a learner that has caught up a voter.</summary>
    /// <exception cref="EtcdException"><c>MemberNotFound</c>, <c>MemberNotLearner</c>, <c>LearnerNotReady</c>: it has not caught up.</exception>
    Task<MemberPromoteResponse> PromoteAsync(ulong memberId, CancellationToken cancellationToken = default);

    /// <summary>Asks for the members and lets the client call their addresses from now on; those addresses.</summary>
    Task<IReadOnlyList<string>> SyncEndpointsAsync(CancellationToken cancellationToken = default);
}
