using EtcdSharp.Api;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Server.Node;

/// <summary>
/// Asks the leader about a lease when this member is not it: renewals are not replicated, so they go to the member
/// that keeps the clocks. Waits for a leader as long as a request may take.
/// </summary>
internal interface ILeaderLeases
{
    ValueTask<(long TtlSeconds, EtcdError? Error)> RenewAsync(long id, CancellationToken cancellation);

    ValueTask<(LeaseTimeToLiveResponse? Response, EtcdError? Error)> TimeToLiveAsync(
        LeaseTimeToLiveRequest request,
        CancellationToken cancellation
    );
}
