namespace EtcdSharp.Edge.Listening;

/// <summary>How lively the two ends of a connection have to be; the defaults are etcd's.</summary>
public sealed record KeepAlivePolicy
{
    /// <summary>The shortest pause between two pings of a client (--grpc-keepalive-min-time); zero switches the enforcement off.</summary>
    public TimeSpan MinTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a client may ping at that pace without a call of its own running.</summary>
    public bool PermitWithoutStream { get; init; }

    /// <summary>How long a connection may be silent before the server probes it (--grpc-keepalive-interval); zero means never.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long the server waits for the answer to its probe (--grpc-keepalive-timeout).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);
}
