using System.Collections;

namespace EtcdSharp.Raft.Quorum;

/// <summary>An immutable set of member ids in ascending order. Sets are small: searching beats hashing, and the order is fixed.</summary>
internal sealed class MemberSet : IEnumerable<ulong>
{
    public static MemberSet Empty { get; } = new([]);

    private readonly ulong[] _ids;

    private MemberSet(ulong[] sortedDistinctIds) => _ids = sortedDistinctIds;

    public int Count => _ids.Length;

    public ReadOnlySpan<ulong> Ids => _ids;

    public static MemberSet Of(IEnumerable<ulong> ids)
    {
        var sorted = ids.Distinct().Order().ToArray();
        return sorted.Length == 0 ? Empty : new MemberSet(sorted);
    }

    public bool Contains(ulong id) => Array.BinarySearch(_ids, id) >= 0;

    public MemberSet With(ulong id) => Contains(id) ? this : Of(_ids.Append(id));

    public MemberSet Without(ulong id) => Contains(id) ? Of(_ids.Where(other => other != id)) : this;

    public MemberSet Union(MemberSet other) => other.Count == 0 ? this : Of(_ids.Concat(other._ids));

    public ulong[] ToArray() => [.. _ids];

    public IEnumerator<ulong> GetEnumerator() => ((IEnumerable<ulong>)_ids).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The form of log lines: hexadecimal ids in parentheses.</summary>
    public override string ToString() => $"({string.Join(' ', _ids.Select(id => id.ToString("x")))})";
}
