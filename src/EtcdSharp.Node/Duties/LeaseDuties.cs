using EtcdSharp.Api;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Node.Duties;

/// <summary>
/// What the leader owes its leases: expired ones are revoked and remaining times recorded, through the log, so that
/// every member does the same at the same place.
/// </summary>
internal sealed class LeaseDuties(Lessor lessor, IReplicatedLog log, AuthStore auth, IClock clock, NodeMetrics metrics)
{
    /// <summary>Revocations under way at once; etcd's figure.</summary>
    private const int PendingRevokesMax = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1000.0 / Lessor.TicksPerSecond);

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            if (log.IsLeader)
            {
                await TickAsync(stopping).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What is due at this moment. Only on the leader.</summary>
    internal async Task TickAsync(CancellationToken stopping)
    {
        // By the time the proposals get to raft another member may lead, to whom the owners have renewed their leases. So
        // they count in this term alone, taken before it is decided what is due.
        var term = log.Term;
        var duties = lessor.Tick(clock.MonotonicNanoseconds);
        foreach (var chunk in duties.Expired.Chunk(PendingRevokesMax))
        {
            await Task.WhenAll(chunk.Select(id => RevokeAsync(term, id, stopping))).ConfigureAwait(false);
        }

        foreach (var chunk in duties.Checkpoints.Chunk(Lessor.CheckpointsPerProposalMax))
        {
            var request = new LeaseCheckpointRequest();
            request.Checkpoints.AddRange(
                chunk.Select(checkpoint => new Api.LeaseCheckpoint
                {
                    ID = checkpoint.Id,
                    RemainingTTL = checkpoint.RemainingTtlSeconds,
                })
            );
            var result = await log.ProposeAsLeaderAsync(term, RequestKind.LeaseCheckpoint, request, stopping)
                .ConfigureAwait(false);
            if (result.Error is not null)
            {
                lessor.CheckpointsFailed(chunk, clock.MonotonicNanoseconds);
            }
        }
    }

    /// <summary>One that fails is due again later: the lessor keeps offering it.</summary>
    private async Task RevokeAsync(ulong term, long id, CancellationToken stopping)
    {
        // Where users are asked for, what the member does itself is done as the one to whom everything is permitted.
        var view = auth.View;
        var root = view.IsEnabled ? new Caller(AuthUser.RootName, view.Revision) : null;
        var request = new LeaseRevokeRequest { ID = id };
        var result = await log.ProposeAsLeaderAsync(term, RequestKind.LeaseRevoke, request, stopping, root).ConfigureAwait(false);
        if (result.Error is null)
        {
            metrics.LeasesExpired.Add(1);
        }
    }
}
