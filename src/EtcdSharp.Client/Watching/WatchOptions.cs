namespace EtcdSharp.Client;

/// <summary>How to watch.</summary>
public sealed record WatchOptions
{
    /// <summary>The first revision to tell of, which may lie in the past; 0 is whatever comes next.</summary>
    public long StartRevision { get; init; }

    /// <summary>Each event tells what was there before.</summary>
    public bool PreviousValues { get; init; }

    /// <summary>Empty batches now and then (every 10 minutes where the server's settings are its own) while nothing happens.</summary>
    public bool Progress { get; init; }

    /// <summary>Leaves puts out.</summary>
    public bool WithoutPuts { get; init; }

    /// <summary>Leaves deletions out.</summary>
    public bool WithoutDeletes { get; init; }
}
