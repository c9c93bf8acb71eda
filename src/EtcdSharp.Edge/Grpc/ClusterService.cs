using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node;
using EtcdSharp.Node.Loops;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Edge.Grpc;

/// <summary>The Cluster service: lists and changes the members.</summary>
internal sealed class ClusterService(
    IReplicatedLog log,
    ClusterState cluster,
    Reconfiguration reconfiguration,
    Authentication access
)
{
    public void Register(GrpcServiceBuilder services) =>
        services
            .Unary(ClusterMethods.MemberList, ListAsync, CallRule.Users)
            .Unary(ClusterMethods.MemberAdd, AddAsync, CallRule.Named)
            .Unary(ClusterMethods.MemberRemove, RemoveAsync, CallRule.Admins)
            .Unary(ClusterMethods.MemberUpdate, UpdateAsync, CallRule.Admins)
            .Unary(ClusterMethods.MemberPromote, PromoteAsync, CallRule.Admins);

    private async ValueTask<GrpcResult<MemberListResponse>> ListAsync(MemberListRequest request, CallContext call)
    {
        if (request.Linearizable && await log.ReadBarrierAsync(call.CancellationToken).ConfigureAwait(false) is { } error)
        {
            return error.ToStatus();
        }

        var response = new MemberListResponse { Header = Header() };
        response.Members.AddRange(Messages(cluster.View));
        return response;
    }

    private async ValueTask<GrpcResult<MemberAddResponse>> AddAsync(MemberAddRequest request, CallContext call)
    {
        if (PeerUrls.TryParse(request.PeerURLs) is not { } urls)
        {
            return EtcdError.MemberBadURLs.ToStatus();
        }

        if (access.View.CheckAdmin(Authentication.CallerOf(call)) is { } refusal)
        {
            return refusal.ToStatus();
        }

        var (member, view, error) = await reconfiguration
            .AddAsync(urls, request.IsLearner, call.CancellationToken)
            .ConfigureAwait(false);
        if (error is not null)
        {
            return error.ToStatus();
        }

        var response = new MemberAddResponse { Header = Header(), Member = member!.ToMessage() };
        response.Members.AddRange(Messages(view!));
        return response;
    }

    private async ValueTask<GrpcResult<MemberRemoveResponse>> RemoveAsync(MemberRemoveRequest request, CallContext call)
    {
        var (view, error) = await reconfiguration.RemoveAsync(request.ID, call.CancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            return error.ToStatus();
        }

        var response = new MemberRemoveResponse { Header = Header() };
        response.Members.AddRange(Messages(view!));
        return response;
    }

    private async ValueTask<GrpcResult<MemberUpdateResponse>> UpdateAsync(MemberUpdateRequest request, CallContext call)
    {
        // etcd's server takes any text here, and every member ends with a panic when it is applied.
        if (PeerUrls.TryParse(request.PeerURLs) is null)
        {
            return EtcdError.MemberBadURLs.ToStatus();
        }

        var (view, error) = await reconfiguration
            .UpdateAsync(request.ID, [.. request.PeerURLs], call.CancellationToken)
            .ConfigureAwait(false);
        if (error is not null)
        {
            return error.ToStatus();
        }

        var response = new MemberUpdateResponse { Header = Header() };
        response.Members.AddRange(Messages(view!));
        return response;
    }

    private async ValueTask<GrpcResult<MemberPromoteResponse>> PromoteAsync(MemberPromoteRequest request, CallContext call)
    {
        var (view, error) = await reconfiguration.PromoteAsync(request.ID, call.CancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            return error.ToStatus();
        }

        var response = new MemberPromoteResponse { Header = Header() };
        response.Members.AddRange(Messages(view!));
        return response;
    }

    /// <summary>Membership has no revision, so its header carries none.</summary>
    private ResponseHeader Header() => log.Header(0);

    private static IEnumerable<Api.Member> Messages(ClusterView view) => view.Members.Select(member => member.ToMessage());
}
