namespace EtcdSharp.Raft;

/// <summary>The state of the machine above at an index, opaque here (Raft paper, section 7). The data is never copied.</summary>
public sealed record Snapshot(ReadOnlyMemory<byte> Data, SnapshotMetadata Metadata)
{
    public static Snapshot Empty { get; } = new(ReadOnlyMemory<byte>.Empty, SnapshotMetadata.Empty);

    /// <summary>An index of zero means "no snapshot", whatever the data.</summary>
    public bool IsEmpty => Metadata.Index == 0;

    public bool Equals(Snapshot? other) =>
        other is not null && Metadata == other.Metadata && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => HashCode.Combine(Metadata.Index, Metadata.Term, Data.Length);
}
