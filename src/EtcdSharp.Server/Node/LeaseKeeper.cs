using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Platform;
using EtcdSharp.Server.Lease;
using Google.Protobuf;
using LeaseStatus = EtcdSharp.Server.Lease.LeaseStatus;

namespace EtcdSharp.Server.Node;

/// <summary>
/// Renews leases and tells their remaining time: on this member when it leads, else by asking the leader, whose lessor alone keeps
/// the clocks.
/// </summary>
internal sealed class LeaseKeeper(Lessor lessor, IReplicatedLog log, ILeaderLeases leader, IClock clock)
{
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

    public ValueTask<(LeaseTimeToLiveResponse? Response, EtcdError? Error)> TimeToLiveAsync(
        LeaseTimeToLiveRequest request,
        CancellationToken cancellation
    ) => log.IsLeader ? TimeToLiveHereAsync(request, cancellation) : leader.TimeToLiveAsync(request, cancellation);

    /// <summary>On the leader, which alone keeps the clocks.</summary>
    public async ValueTask<(LeaseTimeToLiveResponse? Response, EtcdError? Error)> TimeToLiveHereAsync(
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
}
