namespace EtcdSharp.Storage.Snap.V2;

/// <summary>A member as the old store records it. The name is empty until the member has started once.</summary>
internal sealed record V2Member(
    ulong Id,
    IReadOnlyList<string> PeerUrls,
    bool IsLearner,
    string Name,
    IReadOnlyList<string> ClientUrls
);
