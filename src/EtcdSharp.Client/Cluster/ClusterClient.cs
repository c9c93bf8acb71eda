using EtcdSharp.Api;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

internal sealed class ClusterClient(Caller caller, CallSettings settings) : IClusterClient
{
    public async Task<MemberListResponse> ListAsync(bool linearizable, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            ClusterMethods.MemberList,
            new MemberListRequest { Linearizable = linearizable },
            Repeat.Always,
            settings,
            cancellationToken
        );

    public async Task<MemberAddResponse> AddAsync(
        IReadOnlyList<string> peerUrls,
        bool asLearner,
        CancellationToken cancellationToken
    ) =>
        await caller.CallAsync(
            ClusterMethods.MemberAdd,
            new MemberAddRequest { PeerURLs = { peerUrls }, IsLearner = asLearner },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<MemberRemoveResponse> RemoveAsync(ulong memberId, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            ClusterMethods.MemberRemove,
            new MemberRemoveRequest { ID = memberId },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<MemberUpdateResponse> UpdateAsync(
        ulong memberId,
        IReadOnlyList<string> peerUrls,
        CancellationToken cancellationToken
    ) =>
        await caller.CallAsync(
            ClusterMethods.MemberUpdate,
            new MemberUpdateRequest { ID = memberId, PeerURLs = { peerUrls } },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<MemberPromoteResponse> PromoteAsync(ulong memberId, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            ClusterMethods.MemberPromote,
            new MemberPromoteRequest { ID = memberId },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<IReadOnlyList<string>> SyncEndpointsAsync(CancellationToken cancellationToken)
    {
        var members = await ListAsync(linearizable: true, cancellationToken);

        // Learners answer hardly anything, and a member that has not started yet has no addresses for clients.
        string[] addresses =
        [
            .. members.Members.Where(static member => !member.IsLearner).SelectMany(static member => member.ClientURLs),
        ];
        if (addresses.Length > 0)
        {
            caller.Balancer.Replace(addresses);
        }

        return caller.Balancer.Endpoints;
    }
}
