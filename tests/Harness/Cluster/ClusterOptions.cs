namespace EtcdSharp.Harness;

/// <summary>How the members of a cluster of processes are started.</summary>
/// <param name="HeartbeatMs">Every member's heartbeat interval.</param>
/// <param name="ElectionMs">Every member's election timeout.</param>
/// <param name="Arguments">Flags for every member beside those for names, addresses, timing and the data directory.</param>
/// <param name="EmulatedVersion">What our members say they are; null for what they are by default.</param>
/// <param name="PeersAreProxied">Whether the traffic between members goes through <see cref="EtcdCluster.Network"/>.</param>
/// <param name="PeersUseSockets">Whether members talk over socket files in the cluster's folder, which is their working directory.</param>
/// <param name="DataFolder">Below it each member has its data directory; a new folder that goes with the cluster where null.</param>
public sealed record ClusterOptions(
    int HeartbeatMs = 100,
    int ElectionMs = 1000,
    IReadOnlyList<string>? Arguments = null,
    string? EmulatedVersion = null,
    bool PeersAreProxied = false,
    string? DataFolder = null,
    bool PeersUseSockets = false
);
