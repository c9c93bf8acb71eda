namespace EtcdSharp.Raft;

/// <summary>The place of a snapshot in the log: everything up to and including <paramref name="Index"/> is contained.</summary>
public sealed record SnapshotMetadata(ConfState ConfState, ulong Index, ulong Term)
{
    public static SnapshotMetadata Empty { get; } = new(ConfState.Empty, 0, 0);
}
