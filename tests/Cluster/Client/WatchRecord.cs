using EtcdSharp.Client;

namespace EtcdSharp.Cluster.Client;

/// <summary>What one watch told, in the order in which it did.</summary>
/// <param name="Prefix">The keys it was about.</param>
internal sealed record WatchRecord(string Name, string Prefix)
{
    private readonly List<WatchEvent> _events = [];

    /// <summary>The first revision that it had to tell of.</summary>
    public long From { get; set; }

    public bool DeletesOnly { get; init; }

    public bool PreviousValues { get; init; }

    /// <summary>Whether it ran until everything was written; otherwise what it told has to be right up to where it stopped.</summary>
    public bool ToTheEnd { get; init; }

    public IReadOnlyList<WatchEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Why it ended though nobody wanted it to; null if it did not.</summary>
    public string? Failure { get; set; }

    public void Add(WatchEvent told)
    {
        lock (_events)
        {
            _events.Add(told);
        }
    }
}
