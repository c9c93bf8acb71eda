namespace EtcdSharp.Raft;

/// <summary>The answer to <see cref="RaftNode.ReadIndex"/>: once <paramref name="Index"/> is applied, the read is linearizable.</summary>
public readonly record struct ReadState(ulong Index, ReadOnlyMemory<byte> RequestContext);
