using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>The members of the cluster.</summary>
public interface IClusterClient
{
    /// <summary>All members.</summary>
    Task<MemberListResponse> ListAsync(bool linearizable = true, CancellationToken cancellationToken = default);

    /// <summary>Adds a member that is going to be started with these peer addresses.</summary>
    Task<MemberAddResponse> AddAsync(
        IReadOnlyList<string> peerUrls,
        bool asLearner = false,
        CancellationToken cancellationToken = default
    );

    /// <summary>Removes a member, which stops.</summary>
    Task<MemberRemoveResponse> RemoveAsync(ulong memberId, CancellationToken cancellationToken = default);

    /// <summary>Changes the peer addresses of a member.</summary>
    Task<MemberUpdateResponse> UpdateAsync(
        ulong memberId,
        IReadOnlyList<string> peerUrls,
        CancellationToken cancellationToken = default
    );

    /// <summary>Makes a learner that has caught up a voter.</summary>
    Task<MemberPromoteResponse> PromoteAsync(ulong memberId, CancellationToken cancellationToken = default);

    /// <summary>Asks for the members and lets the client call their addresses from now on; those addresses.</summary>
    Task<IReadOnlyList<string>> SyncEndpointsAsync(CancellationToken cancellationToken = default);
}
