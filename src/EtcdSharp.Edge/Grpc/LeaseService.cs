using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node;
using EtcdSharp.Node.Duties;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;
using LeaseStatus = EtcdSharp.Replica.Lease.LeaseStatus;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// etcdserverpb.Lease. Grants and revocations are replicated; renewals and questions about the remaining time are
/// answered by the leader's lessor, which alone keeps the clocks.
/// </summary>
/// <param name="currentRevision">The store's revision, for headers.</param>
internal sealed class LeaseService(
    Lessor lessor,
    IReplicatedLog log,
    LeaseKeeper leases,
    Authentication access,
    Func<long> currentRevision
)
{
    public void Register(GrpcServiceBuilder builder) =>
        builder
            .Unary(LeaseMethods.LeaseGrant, GrantAsync, CallRule.Users)
            .Unary(LeaseMethods.LeaseRevoke, RevokeAsync, CallRule.Users)
            .Unary(LeaseMethods.LeaseTimeToLive, TimeToLiveAsync, CallRule.Users)
            .Unary(LeaseMethods.LeaseLeases, ListAsync, CallRule.Users)
            .Bidirectional(LeaseMethods.LeaseKeepAlive, KeepAliveAsync, CallRule.ByRequest);

    private async ValueTask<GrpcResult<LeaseGrantResponse>> GrantAsync(LeaseGrantRequest request, CallContext call)
    {
        if (request.ID == Lessor.NoLease)
        {
            request.ID = LeaseIds.Next(log);
        }

        var applied = await log.ProposeAsync(
                RequestKind.LeaseGrant,
                request,
                call.CancellationToken,
                Authentication.CallerOf(call)
            )
            .ConfigureAwait(false);
        if (applied.Error is { } error)
        {
            return Refusal(error);
        }

        var response = (LeaseGrantResponse)applied.Response!;
        response.Header = log.Header(applied.Revision);
        return response;
    }

    private async ValueTask<GrpcResult<LeaseRevokeResponse>> RevokeAsync(LeaseRevokeRequest request, CallContext call)
    {
        var applied = await log.ProposeAsync(
                RequestKind.LeaseRevoke,
                request,
                call.CancellationToken,
                Authentication.CallerOf(call)
            )
            .ConfigureAwait(false);
        return applied.Error is { } error ? Refusal(error) : new LeaseRevokeResponse { Header = log.Header(applied.Revision) };
    }

    private async ValueTask<GrpcResult<LeaseTimeToLiveResponse>> TimeToLiveAsync(LeaseTimeToLiveRequest request, CallContext call)
    {
        var (view, caller) = (access.View, Authentication.CallerOf(call));
        if (request.Keys && new RequestPermissions(view, caller, lessor).CheckLeaseKeys(request.ID) is { } refusal)
        {
            return Refusal(refusal);
        }

        var (response, error) = await leases.TimeToLiveAsync(request, call.CancellationToken).ConfigureAwait(false);
        if (error is not null && error != EtcdError.LeaseNotFound)
        {
            return Refusal(error);
        }

        if (request.Keys && !access.IsStill(view, caller))
        {
            return Refusal(EtcdError.AuthOldRevision);
        }

        response ??= new LeaseTimeToLiveResponse { ID = request.ID, TTL = -1 };
        response.Header = log.Header(currentRevision());
        return response;
    }

    private ValueTask<GrpcResult<LeaseLeasesResponse>> ListAsync(LeaseLeasesRequest request, CallContext call)
    {
        var permissions = new RequestPermissions(access.View, Authentication.CallerOf(call), lessor);
        var response = new LeaseLeasesResponse { Header = log.Header(currentRevision()) };
        foreach (var id in lessor.ListIds())
        {
            if (permissions.CheckLeaseKeys(id) is { } refusal)
            {
                return new(Refusal(refusal));
            }

            response.Leases.Add(new Api.LeaseStatus { ID = id });
        }

        return new(response);
    }

    private async ValueTask<GrpcStatus> KeepAliveAsync(
        GrpcStreamReader<LeaseKeepAliveRequest> requests,
        GrpcStreamWriter<LeaseKeepAliveResponse> responses,
        CallContext call
    )
    {
        while (await requests.MoveNextAsync().ConfigureAwait(false))
        {
            var id = requests.Current.ID;
            if (await CheckRenewalAsync(id, call).ConfigureAwait(false) is { } refusal)
            {
                return Refusal(refusal);
            }

            // The header is made before the renewal: its revision is then no later than the lease was alive at.
            var response = new LeaseKeepAliveResponse { ID = id, Header = log.Header(currentRevision()) };
            var (ttl, error) = await leases.RenewAsync(id, call.CancellationToken).ConfigureAwait(false);
            if (error is not null && error != EtcdError.LeaseNotFound)
            {
                return Refusal(error);
            }

            response.TTL = error is null ? ttl : 0;
            if (!await responses.WriteAsync(response).ConfigureAwait(false))
            {
                break;
            }
        }

        return GrpcStatus.Ok;
    }

    /// <summary>A lease is kept by whoever may write its keys.</summary>
    private async ValueTask<EtcdError?> CheckRenewalAsync(long id, CallContext call)
    {
        if (!access.View.IsEnabled)
        {
            return null;
        }

        var (caller, unknown) = await access.IdentifyAsync(call).ConfigureAwait(false);
        return unknown
            ?? (caller is null ? EtcdError.UserEmpty : new RequestPermissions(access.View, caller, lessor).CheckLease(id));
    }

    private static GrpcStatus Refusal(EtcdError error) => new((StatusCode)error.Code, error.Message);
}
