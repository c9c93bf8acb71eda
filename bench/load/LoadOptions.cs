namespace EtcdSharp.Bench;

/// <summary>What to load a server with.</summary>
internal sealed record LoadOptions
{
    public required string Scenario { get; init; }

    public IReadOnlyList<(string Host, int Port)> Endpoints { get; init; } = [];

    public int Connections { get; init; }

    /// <summary>Requests in flight at any time, over all connections.</summary>
    public int Clients { get; init; }

    public int Threads { get; init; }

    public int KeySize { get; init; }

    public int ValueSize { get; init; }

    /// <summary>How many different keys there are.</summary>
    public long KeySpace { get; init; }

    public bool Sequential { get; init; }

    /// <summary>Requests per second over all clients; as many as go where 0.</summary>
    public double Rate { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>How many requests to send; unlimited where 0.</summary>
    public long Total { get; init; }

    /// <summary>Time at the start that does not count.</summary>
    public TimeSpan Warmup { get; init; }

    public bool Serializable { get; init; }

    /// <summary>How many keys one Range takes in.</summary>
    public int RangeSize { get; init; }

    public int Watchers { get; init; }

    /// <summary>Over how many watch streams the watchers are spread.</summary>
    public int Streams { get; init; }

    public int TxnOperations { get; init; }

    /// <summary>Of a hundred requests of the mixed load, how many write.</summary>
    public int WritePercent { get; init; }

    public bool KeepAlive { get; init; }

    public string? JsonFile { get; init; }

    public string? SvgFile { get; init; }

    public bool Quiet { get; init; }
}
