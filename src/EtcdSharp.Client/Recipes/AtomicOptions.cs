namespace EtcdSharp.Client;

/// <summary>How code runs atomically.</summary>
public sealed record AtomicOptions
{
    /// <summary>What it may see of others.</summary>
    public AtomicIsolation Isolation { get; init; } = AtomicIsolation.SerializableSnapshot;

    /// <summary>Keys that it is going to read, fetched in one call beforehand.</summary>
    public IReadOnlyList<EtcdBytes> Prefetch { get; init; } = [];

    /// <summary>How often it is run at most; then it fails.</summary>
    public int RunsMax { get; init; } = 1000;
}
