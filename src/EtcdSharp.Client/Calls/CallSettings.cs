namespace EtcdSharp.Client;

/// <summary>What one view of a client adds to each of its calls.</summary>
internal sealed record CallSettings
{
    public TimeSpan? Timeout { get; init; }

    public bool RequireLeader { get; init; }

    public KeyPrefix Prefix { get; init; } = KeyPrefix.None;

    /// <summary>The newest revision seen through this view; null where older answers are welcome.</summary>
    public RevisionGuard? Guard { get; init; }
}
