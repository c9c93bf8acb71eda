using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>Changes that came together: the events of one revision are never torn apart.</summary>
/// <param name="Header">Who sent it, and the revision of the store then.</param>
/// <param name="Events">In the order of revisions; none for a sign of progress.</param>
public sealed record WatchBatch(ResponseHeader Header, IReadOnlyList<WatchEvent> Events)
{
    /// <summary>Nothing happened to the keys up to the revision in <see cref="Header"/>; all before it has been told.</summary>
    public bool IsProgress => Events.Count == 0;
}
