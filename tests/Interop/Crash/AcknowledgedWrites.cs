using System.Collections.Concurrent;

namespace EtcdSharp.Interop.Crash;

/// <summary>What the clients of a crash test sent, and what the server said of it.</summary>
internal sealed class AcknowledgedWrites
{
    private readonly ConcurrentDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _sent = new(StringComparer.Ordinal);
    private long _highestRevision;
    private int _deletedCount;

    /// <summary>How many were acknowledged, those included that were deleted later.</summary>
    public int Count => _acknowledged.Count + _deletedCount;

    public long HighestRevision => Volatile.Read(ref _highestRevision);

    /// <summary>Each key is written once, so that a write is there when its key is.</summary>
    public void Sending(string key) => _sent.TryAdd(key, 0);

    public void Acknowledged(string key, long revision)
    {
        _acknowledged.TryAdd(key, revision);
        See(revision);
    }

    /// <summary>
    /// Everything below the key was deleted, and the deletion acknowledged: what was written there must not come back.
    /// </summary>
    public void Deleted(string below, long revision)
    {
        foreach (var key in _sent.Keys.Where(key => string.CompareOrdinal(key, below) < 0))
        {
            _sent.TryRemove(key, out _);
            if (_acknowledged.TryRemove(key, out _))
            {
                _deletedCount++;
            }
        }
        See(revision);
    }

    /// <summary>Compares with all pairs of the store; the keys are their own values.</summary>
    public void Verify(IReadOnlyDictionary<string, (string Value, long ModRevision, long Version)> store, long revision)
    {
        Assert.True(revision >= HighestRevision, $"the store is at revision {revision}, it had acknowledged {HighestRevision}");
        foreach (var (key, acknowledgedRevision) in _acknowledged)
        {
            Assert.True(
                store.TryGetValue(key, out var found),
                $"{key} was acknowledged at revision {acknowledgedRevision} and is gone"
            );
            Assert.Equal((key, acknowledgedRevision, 1L), found);
        }
        foreach (var (key, found) in store)
        {
            Assert.True(_sent.ContainsKey(key), $"{key} is in the store and was never sent");
            Assert.Equal(key, found.Value);
        }
        var revisions = store.Values.Select(found => found.ModRevision).ToList();
        Assert.Equal(revisions.Count, revisions.Distinct().Count());
        Assert.All(revisions, found => Assert.InRange(found, 2, revision));
    }

    private void See(long revision)
    {
        for (var seen = HighestRevision; seen < revision; seen = HighestRevision)
        {
            Interlocked.CompareExchange(ref _highestRevision, revision, seen);
        }
    }
}
