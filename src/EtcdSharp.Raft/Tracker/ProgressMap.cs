using System.Diagnostics.CodeAnalysis;

namespace EtcdSharp.Raft.Tracker;

/// <summary>The progress of every member of a configuration, by ascending id. The set of members never changes; a new configuration has a new map.</summary>
internal sealed class ProgressMap
{
    public static ProgressMap Empty { get; } = new([], []);

    private readonly ulong[] _ids;
    private readonly Progress[] _progress;

    private ProgressMap(ulong[] sortedIds, Progress[] progress)
    {
        _ids = sortedIds;
        _progress = progress;
    }

    public int Count => _ids.Length;

    public ReadOnlySpan<ulong> Ids => _ids;

    public static ProgressMap Of(IEnumerable<KeyValuePair<ulong, Progress>> members)
    {
        var sorted = members.OrderBy(member => member.Key).ToArray();
        return new ProgressMap([.. sorted.Select(member => member.Key)], [.. sorted.Select(member => member.Value)]);
    }

    public Progress At(int position) => _progress[position];

    public bool TryGet(ulong id, [NotNullWhen(true)] out Progress? progress)
    {
        var position = Array.BinarySearch(_ids, id);
        progress = position >= 0 ? _progress[position] : null;
        return position >= 0;
    }

    public bool Contains(ulong id) => Array.BinarySearch(_ids, id) >= 0;

    /// <summary>Puts another progress in a member's place: for a new term, which begins with nothing known.</summary>
    public void Replace(int position, Progress progress) => _progress[position] = progress;

    public Dictionary<ulong, Progress> ToDictionary()
    {
        var members = new Dictionary<ulong, Progress>(_ids.Length);
        for (var i = 0; i < _ids.Length; i++)
        {
            members.Add(_ids[i], _progress[i]);
        }

        return members;
    }

    public IReadOnlyList<ProgressStatus> ToStatus() => [.. _ids.Select((id, i) => _progress[i].ToStatus(id))];
}
