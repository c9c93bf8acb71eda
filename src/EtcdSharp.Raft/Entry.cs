namespace EtcdSharp.Raft;

/// <summary>
/// One entry of the replicated log (Raft paper, figure 2). The bytes of <paramref name="Data"/> are never copied and
/// must not change once the entry was handed over.
/// </summary>
public readonly record struct Entry(EntryType Type, ulong Term, ulong Index, ReadOnlyMemory<byte> Data)
{
    public bool Equals(Entry other) =>
        Type == other.Type && Term == other.Term && Index == other.Index && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => HashCode.Combine(Type, Term, Index, Data.Length);
}
