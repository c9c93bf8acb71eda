using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Tests;

/// <summary>A walk gives the bytes of a range read at once, whatever the slices, and holds nothing between them but its pin.</summary>
public sealed class RangeWalkTests
{
    private const int Keys = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_slices_give_the_bytes_of_a_range_read_at_once(int seed)
    {
        using var open = new OpenStore();
        var random = new Random(seed);
        Fill(open, random);
        for (var i = 0; i < 400; i++)
        {
            AssertSame(open, random, $"seed {seed}, query {i}");
        }
    }

    [Fact]
    public void The_lengths_that_a_restart_restores_are_those_of_the_file()
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-mvcc-").FullName;
        using (var first = new OpenStore(folder))
        {
            Fill(first, new Random(4));
        }

        using (var again = new OpenStore(folder))
        {
            var random = new Random(5);
            for (var i = 0; i < 100; i++)
            {
                AssertSame(again, random, $"query {i}");
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_compaction_leaves_alone_what_a_walk_still_needs()
    {
        using var open = new OpenStore();
        Fill(open, new Random(6));
        using var expected = RangeResult.Rent();
        var revision = open.Store.CurrentRevision;
        Assert.Equal(MvccStatus.Ok, open.Store.Range(Everything(revision), expected));

        Task physical;
        using (var walk = open.Store.BeginWalk(Everything(0), out _)!)
        {
            for (var i = 0; i < Keys; i++)
            {
                open.Put($"key-{i:d3}", "another");
                open.Delete($"key-{i:d3}");
            }

            Assert.Equal(MvccStatus.Ok, open.Store.Compact(open.Store.CurrentRevision, out physical));
            open.Backend.ForceCommit();
            var (bytes, _) = Run(walk, new Random(7));
            Assert.Equal(expected.Framed.ToArray(), bytes);
            Assert.False(physical.IsCompleted, "the compaction did not wait");
            Assert.False(walk.IsOvertaken);
        }

        await physical.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Null(open.Store.BeginWalk(Everything(revision), out var status));
        Assert.Equal(MvccStatus.Compacted, status);
    }

    [Fact]
    public async Task A_walk_that_takes_too_long_says_that_a_compaction_has_overtaken_it()
    {
        using var open = new OpenStore(options: new MvccOptions { CompactionPauseMs = 0, LongReadGraceMs = 0 });
        Fill(open, new Random(8));
        using var walk = open.Store.BeginWalk(Everything(0), out _)!;
        while (!walk.Measure(5)) { }

        open.Delete("key-", "key.");
        Assert.Equal(MvccStatus.Ok, open.Store.Compact(open.Store.CurrentRevision, out var physical));
        await physical.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.True(walk.IsOvertaken);
        Assert.False(walk.Write(new byte[100], Keys, out _));
    }

    [Fact]
    public void A_walk_holds_no_view_between_two_slices()
    {
        using var open = new OpenStore(backendOptions: new BackendOptions { NoSync = true, CommitIntervalMs = 60_000 });
        Fill(open, new Random(9));
        open.Backend.ForceCommit();
        using var walk = open.Store.BeginWalk(Everything(0), out _)!;
        while (!walk.Measure(5)) { }

        walk.Write(new byte[100], Keys, out _);
        for (var i = 0; i < 10; i++)
        {
            open.Put("another", "value");
            open.Backend.ForceCommit();
        }

        // The newest state of the file has its reader, and nothing keeps one of those before it.
        Assert.Equal(1, open.Backend.OpenReads);
    }

    [Fact]
    public void A_range_too_long_for_one_go_is_told_before_its_values_are_read()
    {
        using var open = new OpenStore();
        open.Put("large", new string('x', 1000));
        using var found = RangeResult.Rent();
        var query = new RangeQuery
        {
            Key = OpenStore.Bytes("large"),
            BytesMax = 999,
            KeysMax = 10,
        };
        Assert.Equal(MvccStatus.TooLong, open.Store.Range(query, found));
        query.RangeEnd = "\0"u8;
        Assert.Equal(MvccStatus.TooLong, open.Store.Range(query, found));
        Assert.Equal(0, found.Framed.Length);
        query.KeysOnly = true;
        Assert.Equal(MvccStatus.Ok, open.Store.Range(query, found));
    }

    [Fact]
    public void A_range_that_just_fits_is_read_in_one_go_and_one_byte_more_is_told_before_most_of_it_is_copied()
    {
        const int keys = 3000;
        const int beginningMax = 40 * 1024;
        using var open = new OpenStore();
        var order = Enumerable.Range(0, keys).ToArray();
        new Random(10).Shuffle(order);
        foreach (var i in order)
        {
            open.Put($"key-{i:d4}", new string('v', 100 + (i % 7)));
        }

        open.Backend.ForceCommit();
        using var all = RangeResult.Rent();
        foreach (var (limit, keysOnly) in new[] { (0, false), (2000, false), (0, true), (2000, true) })
        {
            var query = Everything(0);
            (query.Limit, query.KeysOnly) = (limit, keysOnly);
            Assert.Equal(MvccStatus.Ok, open.Store.Range(query, all));
            Assert.Equal((keys, limit == 0 ? keys : limit), ((int)all.Count, all.KeyValueCount));

            using var found = RangeResult.Rent();
            (query.KeysMax, query.BytesMax) = (keys, all.Framed.Length);
            Assert.Equal(MvccStatus.Ok, open.Store.Range(query, found));
            Assert.True(all.Framed.SequenceEqual(found.Framed));
            Assert.Equal((all.Count, all.More), (found.Count, found.More));

            query.BytesMax--;
            Assert.Equal(MvccStatus.TooLong, open.Store.Range(query, found));
            Assert.True(found.Framed.Length < beginningMax, $"{found.Framed.Length} bytes were copied");

            (query.KeysMax, query.BytesMax) = (keys - 1, all.Framed.Length);
            Assert.Equal(MvccStatus.TooLong, open.Store.Range(query, found));
        }
    }

    private static RangeQuery Everything(long revision) =>
        new()
        {
            Key = "\0"u8,
            RangeEnd = "\0"u8,
            Revision = revision,
        };

    /// <summary>Values that share long beginnings, some of them empty; versions, deletions and leases among them.</summary>
    private static void Fill(OpenStore open, Random random)
    {
        for (var i = 0; i < Keys * 4; i++)
        {
            var key = $"key-{random.Next(Keys):d3}";
            if (random.Next(8) == 0)
            {
                open.Delete(key);
                continue;
            }

            var value = random.Next(10) == 0 ? "" : new string('v', random.Next(40)) + new string('w', random.Next(3));
            open.Put(key, value, lease: random.Next(5) == 0 ? 7 : 0);
            if (i == Keys)
            {
                open.Backend.ForceCommit();
            }
        }
    }

    private static void AssertSame(OpenStore open, Random random, string what)
    {
        var query = Query(open, random);
        using var expected = RangeResult.Rent();
        Assert.Equal(MvccStatus.Ok, open.Store.Range(query, expected));
        using var walk = open.Store.BeginWalk(query, out var status);
        Assert.Equal(MvccStatus.Ok, status);
        var (bytes, promised) = Run(walk!, random);
        Assert.True(expected.Framed.SequenceEqual(bytes), what);
        Assert.Equal(bytes.Length, promised);
        Assert.Equal((expected.Count, expected.More, expected.Revision), (walk!.Count, walk.More, walk.Revision));
    }

    private static RangeQuery Query(OpenStore open, Random random)
    {
        var current = open.Store.CurrentRevision;
        return new RangeQuery
        {
            Key = OpenStore.Bytes($"key-{random.Next(Keys):d3}"),
            RangeEnd =
                random.Next(6) == 0 ? []
                : random.Next(3) == 0 ? "\0"u8
                : OpenStore.Bytes($"key-{random.Next(Keys):d3}"),
            Limit = random.Next(2) == 0 ? 0 : random.Next(Keys),
            Revision = random.Next(3) == 0 ? random.NextInt64(2, current + 1) : 0,
            SortOrder = (SortOrder)random.Next(3),
            SortTarget = (SortTarget)random.Next(5),
            KeysOnly = random.Next(4) == 0,
            CountOnly = random.Next(10) == 0,
            MinModRevision = random.Next(5) == 0 ? random.NextInt64(current) : 0,
            MaxCreateRevision = random.Next(5) == 0 ? random.NextInt64(current) : 0,
        };
    }

    private static (byte[] Bytes, long Promised) Run(RangeWalk walk, Random random)
    {
        while (!walk.Measure(random.Next(1, 8))) { }

        var all = new List<byte>();
        bool isWritten;
        do
        {
            var room = new byte[random.Next(1, 60)];
            isWritten = walk.Write(room, random.Next(1, 8), out var length);
            all.AddRange(room.AsSpan(0, length));
        } while (!isWritten);

        return ([.. all], walk.Bytes);
    }
}
