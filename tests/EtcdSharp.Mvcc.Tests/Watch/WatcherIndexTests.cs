using System.Text;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Mvcc.Tests.Watch;

public class WatcherIndexTests
{
    [Fact]
    public void Finds_exactly_the_watchers_whose_range_contains_the_key()
    {
        var hits = 0;
        for (var seed = 1; seed <= 100; seed++)
        {
            var random = new Random(seed);
            var index = new WatcherIndex();
            var stream = new WatchHub().OpenStream();
            List<Watcher> watchers = [];
            for (var step = 0; step < 300; step++)
            {
                if (watchers.Count > 0 && random.Next(3) == 0)
                {
                    var gone = watchers[random.Next(watchers.Count)];
                    watchers.Remove(gone);
                    index.Remove(gone);
                }
                else
                {
                    var watcher = Random(random, stream, step);
                    watchers.Add(watcher);
                    index.Add(watcher);
                }

                var key = Key(random);
                var expected = watchers.Where(watcher => Contains(watcher, key)).Select(watcher => watcher.Id).Order().ToList();
                hits += expected.Count;
                Assert.Equal(expected, Find(index, key).Order());
                Assert.Equal(watchers.Count, index.Count);
            }

            Assert.Equal(watchers.Select(watcher => watcher.Id).Order(), index.RemoveAll().Select(watcher => watcher.Id).Order());
            Assert.Empty(Find(index, "a"u8.ToArray()));
        }

        Assert.True(hits > 10_000, $"{hits} hits");
    }

    private static List<long> Find(WatcherIndex index, byte[] key)
    {
        List<WatcherList> lists = [];
        index.Collect(key, lists);
        List<long> ids = [];
        foreach (var list in lists)
        {
            foreach (var watcher in list.Watchers)
            {
                ids.Add(watcher.Id);
            }
        }

        return ids;
    }

    private static Watcher Random(Random random, WatchStream stream, long id)
    {
        var key = Key(random);
        byte[]? end = random.Next(4) switch
        {
            0 => null,
            1 => [],
            _ => Key(random),
        };
        if (end is { Length: > 0 } && key.AsSpan().SequenceCompareTo(end) >= 0)
        {
            end = null;
        }

        return new Watcher(stream, id, new WatchCreate { Key = key, End = end });
    }

    private static byte[] Key(Random random) => Encoding.UTF8.GetBytes(random.Next(60).ToString("D2"));

    private static bool Contains(Watcher watcher, byte[] key) =>
        watcher.End is null
            ? key.AsSpan().SequenceEqual(watcher.Key)
            : key.AsSpan().SequenceCompareTo(watcher.Key) >= 0
                && (watcher.End.Length == 0 || key.AsSpan().SequenceCompareTo(watcher.End) < 0);
}
