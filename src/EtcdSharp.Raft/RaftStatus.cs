namespace EtcdSharp.Raft;

/// <summary>A copy of the state of a member for metrics and the dashboard.</summary>
/// <param name="Basic">The member itself.</param>
/// <param name="Configuration">The configuration that counts now.</param>
/// <param name="Progress">By ascending id; empty unless this member leads.</param>
public sealed record RaftStatus(RaftBasicStatus Basic, ConfState Configuration, IReadOnlyList<ProgressStatus> Progress);
