using EtcdSharp.Api;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Server.Node;

/// <summary>The cluster of one member: when it does not lead, nobody does.</summary>
internal sealed class NoOtherLeader : ILeaderLeases
{
    public static readonly NoOtherLeader Instance = new();

    private NoOtherLeader() { }

    public ValueTask<(long TtlSeconds, EtcdError? Error)> RenewAsync(long id, CancellationToken cancellation) =>
        new((0L, EtcdError.NoLeader));

    public ValueTask<(LeaseTimeToLiveResponse? Response, EtcdError? Error)> TimeToLiveAsync(
        LeaseTimeToLiveRequest request,
        CancellationToken cancellation
    ) => new((null, EtcdError.NoLeader));
}
