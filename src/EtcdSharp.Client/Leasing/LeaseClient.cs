using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

internal sealed class LeaseClient(Caller caller, CallSettings settings, LeaseKeeper keeper) : ILeaseClient
{
    /// <summary>A holder that lets go waits no longer than this for the server: the lease ends by itself anyway.</summary>
    private static readonly TimeSpan s_revokePatience = TimeSpan.FromSeconds(2);

    public async Task<LeaseGrantResponse> GrantAsync(TimeSpan timeToLive, long id, CancellationToken cancellationToken)
    {
        var request = new LeaseGrantRequest { TTL = (long)Math.Ceiling(timeToLive.TotalSeconds), ID = id };
        return await caller.CallAsync(LeaseMethods.LeaseGrant, request, Repeat.WhenNotDone, settings, cancellationToken);
    }

    public async Task<LeaseRevokeResponse> RevokeAsync(long id, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            LeaseMethods.LeaseRevoke,
            new LeaseRevokeRequest { ID = id },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<LeaseTimeToLiveResponse> TimeToLiveAsync(long id, bool keys, CancellationToken cancellationToken)
    {
        var request = new LeaseTimeToLiveRequest { ID = id, Keys = keys };
        var response = await caller.CallAsync(LeaseMethods.LeaseTimeToLive, request, Repeat.Always, settings, cancellationToken);
        for (var i = 0; i < response.Keys.Count; i++)
        {
            response.Keys[i] = settings.Prefix.Strip(response.Keys[i]);
        }

        return response;
    }

    public async Task<LeaseLeasesResponse> ListAsync(CancellationToken cancellationToken) =>
        await caller.CallAsync(LeaseMethods.LeaseLeases, new LeaseLeasesRequest(), Repeat.Always, settings, cancellationToken);

    public async Task<LeaseKeepAliveResponse> KeepAliveOnceAsync(long id, CancellationToken cancellationToken)
    {
        // Prolonging twice is as good as once, so it is repeated like a read; the method is a stream of one question.
        var response = await StreamCall.OnceAsync(
            caller,
            LeaseMethods.LeaseKeepAlive,
            new LeaseKeepAliveRequest { ID = id },
            settings,
            cancellationToken
        );
        return response.TTL > 0 ? response : throw new EtcdException(EtcdError.LeaseNotFound);
    }

    public async Task<IKeptLease> HoldAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var asked = Stopwatch.GetTimestamp();
        var granted = await GrantAsync(timeToLive, 0, cancellationToken);
        return keeper.Add(granted.ID, TimeSpan.FromSeconds(granted.TTL), asked, LetGoAsync);
    }

    public async Task<IKeptLease> KeepAliveAsync(long id, CancellationToken cancellationToken)
    {
        var asked = Stopwatch.GetTimestamp();
        var confirmed = await KeepAliveOnceAsync(id, cancellationToken);
        return keeper.Add(id, TimeSpan.FromSeconds(confirmed.TTL), asked, revoke: null);
    }

    private async Task LetGoAsync(long id)
    {
        using var patience = new CancellationTokenSource(s_revokePatience);
        try
        {
            await RevokeAsync(id, patience.Token);
        }
        catch (Exception failure) when (failure is EtcdException or OperationCanceledException)
        {
            // The lease is gone, or nobody keeps it alive any more and it goes by itself.
            Activity.Current?.AddEvent(new ActivityEvent("lease left to its time"));
        }
    }
}
