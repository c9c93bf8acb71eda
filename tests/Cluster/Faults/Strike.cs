namespace EtcdSharp.Cluster.Faults;

/// <summary>A fault that is in force.</summary>
/// <param name="Able">Members that clients can still be served by; empty when there is no majority.</param>
/// <param name="ElectionTimeouts">Within how many election timeouts they must be; null when nothing is asked.</param>
/// <param name="Mend">Undoes it.</param>
internal sealed record Strike(
    FaultKind Kind,
    string Detail,
    IReadOnlyList<ClusterMember> Able,
    int? ElectionTimeouts,
    Func<Task> Mend
);
