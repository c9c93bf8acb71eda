namespace EtcdSharp.Mvcc.Tests;

/// <summary>What a store is: for every key all its changes.</summary>
internal sealed class ModelStore
{
    public SortedDictionary<string, List<Change>> Keys { get; } = new(StringComparer.Ordinal);

    public List<(long Revision, string Key, bool Deleted, string Value)> Events { get; } = [];

    public void Put(string key, string value, long lease, long revision)
    {
        var before = At(key, revision);
        var change = before is null
            ? new Change(revision, revision, 1, value, lease)
            : new Change(revision, before.Create, before.Version + 1, value, lease);
        Keys.TryAdd(key, []);
        Keys[key].Add(change);
        Events.Add((revision, key, false, value));
    }

    public void Delete(string key, long revision)
    {
        Keys[key].Add(new Change(revision, 0, 0, null, 0));
        Events.Add((revision, key, true, ""));
    }

    /// <summary>The change that is current at a revision; null when the key does not exist then.</summary>
    public Change? At(string key, long revision) =>
        Keys.TryGetValue(key, out var changes)
        && changes.FindLast(change => change.Mod <= revision) is { Value: not null } current
            ? current
            : null;

    public List<(string Key, Change Change)> Range(string key, string end, long revision)
    {
        var found = new List<(string, Change)>();
        foreach (var name in Keys.Keys)
        {
            var inRange =
                end.Length == 0
                    ? name == key
                    : string.CompareOrdinal(name, key) >= 0 && (end == "\0" || string.CompareOrdinal(name, end) < 0);
            if (inRange && At(name, revision) is { } current)
            {
                found.Add((name, current));
            }
        }

        return found;
    }

    public sealed record Change(long Mod, long Create, long Version, string? Value, long Lease);
}
