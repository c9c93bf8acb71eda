namespace EtcdSharp.Client;

/// <summary>How to read.</summary>
public sealed record GetOptions
{
    /// <summary>As of which revision; 0 is the newest.</summary>
    public long Revision { get; init; }

    /// <summary>At most so many keys; 0 is all.</summary>
    public long Limit { get; init; }

    /// <summary>The order; null leaves it to the server, which answers in the order of keys.</summary>
    public SortTarget? SortBy { get; init; }

    /// <summary>The largest first. Without <see cref="SortBy"/>: by key.</summary>
    public bool Descending { get; init; }

    /// <summary>
    /// <see cref="Limit"/> takes the first keys in the order of keys, and those are sorted, ascending; else all keys are
    /// sorted and the limit takes the first of them. The one order other than by key that goes with <see cref="Streamed"/>.
    /// </summary>
    public bool LimitFirst { get; init; }

    /// <summary>Answered by any member from what it has: faster, possibly old. Otherwise linearizable.</summary>
    public bool Serializable { get; init; }

    /// <summary>Leaves the values out.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Only <see cref="GetResult.Count"/>.</summary>
    public bool CountOnly { get; init; }

    /// <summary>Without keys last changed before this revision; 0 is no bound.</summary>
    public long MinModRevision { get; init; }

    /// <summary>Without keys last changed after this revision; 0 is no bound.</summary>
    public long MaxModRevision { get; init; }

    /// <summary>Without keys made before this revision; 0 is no bound.</summary>
    public long MinCreateRevision { get; init; }

    /// <summary>Without keys made after this revision; 0 is no bound.</summary>
    public long MaxCreateRevision { get; init; }

    /// <summary>
    /// Lets the server send the answer in pieces, which costs it less memory; for etcd 3.7. Not repeated after a failure,
    /// and not within transactions.
    /// </summary>
    public bool Streamed { get; init; }
}
