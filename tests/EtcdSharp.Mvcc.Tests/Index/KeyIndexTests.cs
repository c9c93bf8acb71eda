using System.Text;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Tests.Index;

public sealed class KeyIndexTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 5_000)]
    [InlineData(3, 5_000)]
    public void Random_changes_read_at_any_revision_are_what_the_model_says(int seed, int keyCount)
    {
        const int Changes = 20_000;
        var random = new Random(seed);
        var index = new KeyIndex(42);
        var model = new SortedDictionary<string, List<(long Mod, bool Deleted)>>(StringComparer.Ordinal);
        var compacted = 0L;
        for (long revision = 2; revision < Changes; revision++)
        {
            var key = KeyName(random.Next(keyCount));
            var record = index.Find(Encoding.UTF8.GetBytes(key));
            if (record is not null && !record.Newest.IsTombstone && random.Next(3) == 0)
            {
                index.Delete(record, new Revision(revision, 0));
                model[key].Add((revision, true));
            }
            else
            {
                index.Put(Encoding.UTF8.GetBytes(key), new Revision(revision, 0), 0, 0, out _);
                model.TryAdd(key, []);
                model[key].Add((revision, false));
            }

            if (random.Next(2000) == 0)
            {
                compacted = random.NextInt64(compacted, revision + 1);
                index.Compact(compacted);
            }

            if (random.Next(500) == 0)
            {
                var at = random.NextInt64(Math.Max(compacted, 1), revision + 1);
                var from = KeyName(random.Next(keyCount));
                var to = KeyName(random.Next(keyCount));
                Assert.Equal(Expected(model, from, to, at), Scan(index, from, to, at));
                Assert.Equal(Expected(model, "", null, at), Scan(index, "", null, at));
                Assert.Equal(
                    Expected(model, from, to, at).Count,
                    index.Count(Encoding.UTF8.GetBytes(from), Encoding.UTF8.GetBytes(to), hasEnd: true, at)
                );
            }
        }

        Assert.Equal(model.Count(pair => !pair.Value[^1].Deleted), index.LiveKeys);
    }

    [Fact]
    public void Everything_deleted_and_compacted_leaves_an_empty_index_that_works_on()
    {
        var index = new KeyIndex(42);
        long revision = 2;
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 10_000; i++)
            {
                index.Put(Encoding.UTF8.GetBytes(KeyName(i)), new Revision(revision++, 0), 0, 0, out _);
            }

            for (var i = 0; i < 10_000; i++)
            {
                index.Delete(index.Find(Encoding.UTF8.GetBytes(KeyName(i)))!, new Revision(revision++, 0));
            }

            index.Compact(revision++);
            var scan = index.Scan([], [], hasEnd: false);
            Assert.False(scan.TryNext(out _));
            Assert.Null(index.Find(Encoding.UTF8.GetBytes(KeyName(7))));
        }
    }

    [Fact]
    public void Keys_are_sorted_whatever_they_have_in_common()
    {
        var random = new Random(5);
        var keys = new HashSet<string>(StringComparer.Ordinal) { "", "a", "a\0", "a\0\0", "aaaaaaa", "aaaaaaa\0", "aaaaaaab" };
        while (keys.Count < 30_000)
        {
            var prefix = new string('p', random.Next(4) * 7);
            keys.Add(prefix + new string((char)('a' + random.Next(3)), random.Next(12)) + random.Next(1000));
        }

        var records = keys.OrderBy(_ => random.Next()).Select(key => new KeyRecord(Encoding.Latin1.GetBytes(key), 0)).ToArray();
        KeySort.Sort(records);

        Assert.Equal(keys.Order(StringComparer.Ordinal), records.Select(record => Encoding.Latin1.GetString(record.Key)));
    }

    [Fact]
    public void Readers_beside_the_writer_see_exactly_the_keys_of_their_revision()
    {
        // Revision r puts key r (in a scrambled order) and, from 1000 on, deletes key r-1000; so at r the live keys are r-999..r.
        const int Window = 1000;
        const int Last = 60_000;
        var index = new KeyIndex(42);
        long published = 1;
        long compactedTo = 0;
        Exception? failure = null;
        var readers = Enumerable.Range(0, 2).Select(seed => new Thread(() => Read(seed))).ToArray();
        Array.ForEach(readers, reader => reader.Start());
        for (long revision = 2; revision <= Last; revision++)
        {
            index.Put(ScrambledKey(revision), new Revision(revision, 0), 0, 0, out _);
            if (revision - Window >= 2)
            {
                index.Delete(index.Find(ScrambledKey(revision - Window))!, new Revision(revision, 1));
            }

            Volatile.Write(ref published, revision);
            if (revision % 5000 == 0)
            {
                Volatile.Write(ref compactedTo, revision - Window);
                index.Compact(revision - Window);
            }
        }

        Array.ForEach(readers, reader => reader.Join());
        Assert.Null(failure);
        Assert.Equal(Window, index.LiveKeys);

        void Read(int seed)
        {
            var random = new Random(seed);
            var rounds = 0;
            long revision;
            do
            {
                var newest = Volatile.Read(ref published);
                revision = Math.Max(1, newest - random.Next(Window));
                var expected = Math.Min(Window, revision - 1);
                var counted = index.Count([], [], hasEnd: false, revision);
                if (counted != expected && revision >= Volatile.Read(ref compactedTo))
                {
                    failure = new InvalidOperationException($"{counted} keys instead of {expected} at {revision}");
                    return;
                }

                rounds++;
                revision = newest;
            } while (revision < Last || rounds < 5);
        }
    }

    private static byte[] ScrambledKey(long revision) => BitConverter.GetBytes((ulong)revision * 0x9E3779B97F4A7C15);

    private static string KeyName(int i) => $"/registry/{(i * 7919) % 97}/{i}";

    private static List<(string, long)> Expected(
        SortedDictionary<string, List<(long Mod, bool Deleted)>> model,
        string from,
        string? to,
        long at
    )
    {
        var expected = new List<(string, long)>();
        foreach (var (key, history) in model)
        {
            var last = history.FindLastIndex(change => change.Mod <= at);
            var inRange = string.CompareOrdinal(key, from) >= 0 && (to is null || string.CompareOrdinal(key, to) < 0);
            if (inRange && last >= 0 && !history[last].Deleted)
            {
                expected.Add((key, history[last].Mod));
            }
        }

        return expected;
    }

    private static List<(string, long)> Scan(KeyIndex index, string from, string? to, long at)
    {
        var found = new List<(string, long)>();
        var scan = index.Scan(Encoding.UTF8.GetBytes(from), Encoding.UTF8.GetBytes(to ?? ""), to is not null);
        while (scan.TryNext(out var record))
        {
            if (record.TryGetAt(at, out var version))
            {
                found.Add((Encoding.UTF8.GetString(record.Key), version.Mod));
            }
        }

        return found;
    }
}
