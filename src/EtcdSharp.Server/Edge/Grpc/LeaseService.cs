using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Platform;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Edge.Admission;
using EtcdSharp.Server.Lease;
using EtcdSharp.Server.Node;
using Google.Protobuf;
using LeaseStatus = EtcdSharp.Server.Lease.LeaseStatus;

namespace EtcdSharp.Server.Edge.Grpc;

/// <summary>
/// etcdserverpb.Lease. Grants and revocations are replicated; renewals and questions about the remaining time are
/// answered by the leader's lessor, which alone keeps the clocks.
/// </summary>
/// <param name="currentRevision">The store's revision, for headers.</param>
internal sealed class LeaseService(
    Lessor lessor,
    IReplicatedLog log,
    ILeaderLeases leader,
    Authentication access,
    IClock clock,
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

    /// <summary>Renews a lease on this member if it leads, else on the leader. The lease is gone when the error says so.</summary>
    public async ValueTask<(long TtlSeconds, EtcdError? Error)> RenewAsync(long id, CancellationToken cancellation)
    {
        if (!log.IsLeader)
        {
            return await leader.RenewAsync(id, cancellation).ConfigureAwait(false);
        }

        // A leader that was paused may have been replaced without knowing it, and a lease that it renews be ended by the
        // others; its own clock says nothing about that. After the barrier a quorum has confirmed it since the call began,
        // and what was granted or revoked before is applied here.
        if (await log.ReadBarrierAsync(cancellation).ConfigureAwait(false) is not null)
        {
            return await leader.RenewAsync(id, cancellation).ConfigureAwait(false);
        }

        var (status, ttl, error) = await RenewHereAsync(id, cancellation).ConfigureAwait(false);
        return status switch
        {
            LeaseStatus.NotPrimary when error is null => await leader.RenewAsync(id, cancellation).ConfigureAwait(false),
            LeaseStatus.NotFound => (0, EtcdError.LeaseNotFound),
            _ => (ttl, error),
        };
    }

    private async ValueTask<(LeaseStatus Status, long TtlSeconds, EtcdError? Error)> RenewHereAsync(
        long id,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var renewal = lessor.BeginRenewal(id, clock.MonotonicNanoseconds);
            switch (renewal.Step)
            {
                case LeaseRenewalStep.NotFound:
                    return (LeaseStatus.NotFound, 0, null);
                case LeaseRenewalStep.NotPrimary:
                    return (LeaseStatus.NotPrimary, 0, null);
                case LeaseRenewalStep.AwaitEnd:
                    await renewal.WhenEnded!.WaitAsync(cancellation).ConfigureAwait(false);
                    continue;
                case LeaseRenewalStep.ClearCheckpoint:
                case LeaseRenewalStep.Ready:
                default:
                    break;
            }

            var (renewed, error) = await FinishRenewalAsync(id, renewal, cancellation).ConfigureAwait(false);
            if (error is not null)
            {
                return (LeaseStatus.NotPrimary, 0, error);
            }

            if (renewed.Status != LeaseStatus.Expired)
            {
                return (renewed.Status, renewed.TtlSeconds, null);
            }
        }
    }

    private async ValueTask<(LeaseGrant Renewed, EtcdError? Error)> FinishRenewalAsync(
        long id,
        LeaseRenewal renewal,
        CancellationToken cancellation
    )
    {
        if (renewal.Step != LeaseRenewalStep.ClearCheckpoint)
        {
            return (lessor.FinishRenewal(id, clock.MonotonicNanoseconds), null);
        }

        try
        {
            var error = await ClearCheckpointAsync(id, cancellation).ConfigureAwait(false);
            return error is null ? (lessor.FinishRenewal(id, clock.MonotonicNanoseconds), null) : (default, error);
        }
        finally
        {
            lessor.EndRenewal(renewal, clock.MonotonicNanoseconds);
        }
    }

    private async ValueTask<EtcdError?> ClearCheckpointAsync(long id, CancellationToken cancellation)
    {
        var request = new LeaseCheckpointRequest { Checkpoints = { new Api.LeaseCheckpoint { ID = id } } };
        var applied = await log.ProposeAsync(RequestKind.LeaseCheckpoint, request, cancellation).ConfigureAwait(false);
        return applied.Error;
    }

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

        var (response, error) = log.IsLeader
            ? await TimeToLiveHereAsync(request, call.CancellationToken).ConfigureAwait(false)
            : await leader.TimeToLiveAsync(request, call.CancellationToken).ConfigureAwait(false);
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

    internal async ValueTask<(LeaseTimeToLiveResponse? Response, EtcdError? Error)> TimeToLiveHereAsync(
        LeaseTimeToLiveRequest request,
        CancellationToken cancellation
    )
    {
        if (await log.ReadBarrierAsync(cancellation).ConfigureAwait(false) is { } unconfirmed)
        {
            return (null, unconfirmed);
        }

        var lease = lessor.Describe(request.ID, request.Keys, clock.MonotonicNanoseconds);
        if (lease is null)
        {
            return (null, EtcdError.LeaseNotFound);
        }

        if (lease.IsDemoted)
        {
            return (null, EtcdError.LeaderChanged);
        }

        var response = new LeaseTimeToLiveResponse
        {
            ID = lease.Id,
            TTL = lease.Remaining.Ticks / TimeSpan.TicksPerSecond,
            GrantedTTL = lease.GrantedTtlSeconds,
        };
        foreach (var key in lease.Keys)
        {
            response.Keys.Add(UnsafeByteOperations.UnsafeWrap(key));
        }

        return (response, null);
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
            var (ttl, error) = await RenewAsync(id, call.CancellationToken).ConfigureAwait(false);
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
