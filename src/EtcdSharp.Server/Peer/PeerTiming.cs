namespace EtcdSharp.Server.Peer;

/// <summary>How long a member waits for another one; longer where the way between them is slow.</summary>
/// <param name="Heartbeat">Between two heartbeats of a leader.</param>
internal sealed record PeerTiming(TimeSpan Heartbeat)
{
    /// <summary>A stream or an answer of which no byte comes for so long is given up.</summary>
    public TimeSpan ReadTimeout { get; init; } = PeerProtocol.SilenceMax;

    /// <summary>A stream that takes no byte for so long is given up.</summary>
    public TimeSpan WriteTimeout { get; init; } = PeerProtocol.SilenceMax;

    /// <summary>How long a member may take to put a store that it has whole on its disk: ten megabytes a second at least.</summary>
    public TimeSpan SnapshotAnswer(long bytes) => ReadTimeout + TimeSpan.FromSeconds(bytes / 10e6);
}
