using EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Simulation.Clients;

/// <summary>One response of a watch stream as the client reads it off the wire.</summary>
/// <param name="Revision">The header's.</param>
internal sealed record WatchDelivery(
    long Revision,
    bool IsCreated,
    bool IsCanceled,
    long CompactRevision,
    IReadOnlyList<Event> Events
)
{
    public bool IsProgress => !IsCreated && !IsCanceled && Events.Count == 0;
}
