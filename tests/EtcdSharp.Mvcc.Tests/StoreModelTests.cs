using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Tests;

/// <summary>Random histories against the model: every read at every kept revision, over commits, compactions and restarts.</summary>
public sealed class StoreModelTests
{
    [Theory]
    [InlineData(11, 20)]
    [InlineData(12, 200)]
    [InlineData(13, 2000)]
    public async Task The_store_is_what_the_model_says(int seed, int keyCount)
    {
        const int Steps = 3000;
        var random = new Random(seed);
        var model = new ModelStore();
        var folder = Directory.CreateTempSubdirectory("etcdsharp-mvcc-").FullName;
        var open = Open(folder);
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(100))
            {
                case < 70:
                    Change(open, model, random, keyCount);
                    break;
                case < 96:
                    Read(open, model, random, keyCount);
                    break;
                case 96:
                    History(open, model, random);
                    break;
                case 97:
                    open.Backend.ForceCommit();
                    break;
                case 98:
                    await CompactAsync(open, random);
                    break;
                default:
                    open.Close();
                    open = Open(folder);
                    break;
            }
        }

        Assert.True(model.Events.Count > Steps / 2);
        open.Close();
        Directory.Delete(folder, recursive: true);
    }

    private static OpenStore Open(string folder) =>
        new(
            folder,
            new MvccOptions { CompactionPauseMs = 0, CompactionBatchLimit = 17 },
            new BackendOptions
            {
                NoSync = true,
                CommitIntervalMs = 3,
                CommitOperations = 50,
            }
        );

    private static string Name(int i) => $"/k/{i * 37 % 101:x}/{i}";

    /// <summary>A transaction of one to four puts and deletions on different keys, read back from inside.</summary>
    private static void Change(OpenStore open, ModelStore model, Random random, int keyCount)
    {
        var write = open.Store.BeginWrite();
        var revision = write.Revision + 1;
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var key = Name(random.Next(keyCount));
            if (!used.Add(key))
            {
                continue;
            }

            var before = model.At(key, revision);
            using var previous = RangeResult.Rent();
            if (random.Next(4) == 0)
            {
                Assert.Equal(before is null ? 0 : 1, write.DeleteRange(OpenStore.Bytes(key), [], previous));
                AssertPrevious(before, previous);
                if (before is not null)
                {
                    model.Delete(key, revision);
                }
            }
            else
            {
                PutOne(write, model, random, key, before, revision, previous);
            }

            using var inside = RangeResult.Rent();
            Assert.Equal(MvccStatus.Ok, write.Range(new RangeQuery { Key = OpenStore.Bytes(key) }, inside));
            Assert.Equal(model.At(key, revision)?.Value, OpenStore.Parse(inside).SingleOrDefault()?.Value.ToStringUtf8());
        }

        write.End();
        Assert.Equal(Math.Max(1, model.Events.Count == 0 ? 1 : model.Events[^1].Revision), open.Store.CurrentRevision);
    }

    private static void PutOne(
        MvccWriteTransaction write,
        ModelStore model,
        Random random,
        string key,
        ModelStore.Change? before,
        long revision,
        RangeResult previous
    )
    {
        var value = new string((char)('a' + random.Next(26)), random.Next(40));
        var command = new PutCommand
        {
            Key = OpenStore.Bytes(key),
            Value = OpenStore.Bytes(value),
            Lease = random.Next(3),
            IgnoreValue = random.Next(8) == 0,
            IgnoreLease = random.Next(8) == 0,
        };
        var status = write.Put(command, previous);
        if (before is null && (command.IgnoreLease || command.IgnoreValue))
        {
            Assert.Equal(MvccStatus.KeyNotFound, status);
            return;
        }

        Assert.Equal(MvccStatus.Ok, status);
        AssertPrevious(before, previous);
        model.Put(
            key,
            command.IgnoreValue ? before!.Value! : value,
            command.IgnoreLease ? before!.Lease : command.Lease,
            revision
        );
    }

    private static void AssertPrevious(ModelStore.Change? before, RangeResult previous)
    {
        var found = OpenStore.Parse(previous).SingleOrDefault();
        Assert.Equal(before?.Value, found?.Value.ToStringUtf8());
        Assert.Equal(before?.Mod, found?.ModRevision);
    }

    private static void Read(OpenStore open, ModelStore model, Random random, int keyCount)
    {
        var from = Name(random.Next(keyCount));
        var end = random.Next(3) switch
        {
            0 => "",
            1 => "\0",
            _ => Name(random.Next(keyCount)),
        };
        var query = new RangeQuery
        {
            Key = OpenStore.Bytes(from),
            RangeEnd = OpenStore.Bytes(end),
            Revision = random.Next(2) == 0 ? 0 : random.NextInt64(1, open.Store.CurrentRevision + 2),
            Limit = random.Next(2) == 0 ? 0 : random.Next(1, 10),
            SortOrder = (SortOrder)random.Next(3),
            SortTarget = (SortTarget)random.Next(5),
            KeysOnly = random.Next(4) == 0,
            CountOnly = random.Next(8) == 0,
            MinModRevision = random.Next(6) == 0 ? random.NextInt64(open.Store.CurrentRevision + 1) : 0,
            MaxModRevision = random.Next(6) == 0 ? random.NextInt64(open.Store.CurrentRevision + 1) : 0,
            MinCreateRevision = random.Next(6) == 0 ? random.NextInt64(open.Store.CurrentRevision + 1) : 0,
            MaxCreateRevision = random.Next(6) == 0 ? random.NextInt64(open.Store.CurrentRevision + 1) : 0,
        };
        using var result = RangeResult.Rent();
        var status = open.Store.Range(query, result);
        if (query.Revision > open.Store.CurrentRevision)
        {
            Assert.Equal(MvccStatus.FutureRevision, status);
            return;
        }

        if (query.Revision > 0 && query.Revision < open.Store.CompactedRevision)
        {
            Assert.Equal(MvccStatus.Compacted, status);
            return;
        }

        Assert.Equal(MvccStatus.Ok, status);
        Compare(model, query, from, end, result, open.Store.CurrentRevision);
    }

    /// <summary>etcd's steps, one after the other as its server takes them.</summary>
    private static void Compare(ModelStore model, RangeQuery query, string from, string end, RangeResult result, long current)
    {
        var found = model.Range(from, end, query.Revision > 0 ? query.Revision : current);
        Assert.Equal(found.Count, result.Count);
        Assert.Equal(current, result.Revision);
        if (query.CountOnly)
        {
            Assert.Equal(0, result.KeyValueCount);
            return;
        }

        var hasFilters =
            query.MinModRevision != 0
            || query.MaxModRevision != 0
            || query.MinCreateRevision != 0
            || query.MaxCreateRevision != 0;
        var isDefault =
            query.SortOrder == SortOrder.None || (query.SortTarget == SortTarget.Key && query.SortOrder == SortOrder.Ascend);
        if (isDefault && !hasFilters && query.Limit > 0)
        {
            found = [.. found.Take((int)query.Limit + 1)];
        }

        var (minMod, maxMod, minCreate, maxCreate) = (
            query.MinModRevision,
            query.MaxModRevision,
            query.MinCreateRevision,
            query.MaxCreateRevision
        );
        var passed = found.Where(pair =>
            (maxMod == 0 || pair.Change.Mod <= maxMod)
            && (minMod == 0 || pair.Change.Mod >= minMod)
            && (maxCreate == 0 || pair.Change.Create <= maxCreate)
            && (minCreate == 0 || pair.Change.Create >= minCreate)
        );
        var sorted = Sorted(passed, query.SortTarget, query.SortOrder == SortOrder.Descend).ToList();
        var kept = query.Limit > 0 ? sorted.Take((int)query.Limit).ToList() : sorted;
        var keysOnly = query.KeysOnly;
        var leases = !keysOnly || query.SortTarget == SortTarget.Value;
        Assert.Equal(sorted.Count > kept.Count, result.More);
        Assert.Equal(
            kept.Select(pair =>
                (
                    pair.Key,
                    pair.Change.Mod,
                    pair.Change.Create,
                    pair.Change.Version,
                    keysOnly ? "" : pair.Change.Value!,
                    leases ? pair.Change.Lease : 0
                )
            ),
            OpenStore
                .Parse(result)
                .Select(kv =>
                    (kv.Key.ToStringUtf8(), kv.ModRevision, kv.CreateRevision, kv.Version, kv.Value.ToStringUtf8(), kv.Lease)
                )
        );
    }

    private static IEnumerable<(string Key, ModelStore.Change Change)> Sorted(
        IEnumerable<(string Key, ModelStore.Change Change)> found,
        SortTarget target,
        bool descending
    ) =>
        (target, descending) switch
        {
            (SortTarget.Key, false) => found,
            (SortTarget.Key, true) => found.OrderByDescending(pair => pair.Key, StringComparer.Ordinal),
            (SortTarget.Version, false) => found.OrderBy(pair => pair.Change.Version),
            (SortTarget.Version, true) => found.OrderByDescending(pair => pair.Change.Version),
            (SortTarget.Create, false) => found.OrderBy(pair => pair.Change.Create),
            (SortTarget.Create, true) => found.OrderByDescending(pair => pair.Change.Create),
            (SortTarget.Mod, false) => found.OrderBy(pair => pair.Change.Mod),
            (SortTarget.Mod, true) => found.OrderByDescending(pair => pair.Change.Mod),
            (SortTarget.Value, false) => found.OrderBy(pair => pair.Change.Value, StringComparer.Ordinal),
            _ => found.OrderByDescending(pair => pair.Change.Value, StringComparer.Ordinal),
        };

    private static void History(OpenStore open, ModelStore model, Random random)
    {
        var from = random.NextInt64(1, open.Store.CurrentRevision + 1);
        var events = new MvccEvents();
        if (from < open.Store.CompactedRevision)
        {
            Assert.Equal(MvccStatus.Compacted, open.Store.ReadHistory(from, long.MaxValue, 100, events, out _));
            return;
        }

        // At the compacted revision itself only what was not overwritten since is left; after it, everything.
        from = Math.Max(from, open.Store.CompactedRevision + 1);
        var seen = new List<(long, string, bool, string)>();
        for (var next = from; next <= open.Store.CurrentRevision; )
        {
            Assert.Equal(MvccStatus.Ok, open.Store.ReadHistory(next, long.MaxValue, random.Next(1, 400), events, out var after));
            Assert.True(after > next);
            for (var i = 0; i < events.Count; i++)
            {
                var one = events[i];
                var kv = EtcdSharp.Api.Mvccpb.KeyValue.Parser.ParseFrom(one.KeyValue);
                Assert.Equal(one.ModRevision, kv.ModRevision);
                Assert.Equal(one.Key, kv.Key.Span);
                Assert.InRange(one.ModRevision, next, after - 1);
                seen.Add((one.ModRevision, kv.Key.ToStringUtf8(), one.IsDelete, kv.Value.ToStringUtf8()));
            }

            next = after;
        }

        Assert.Equal(model.Events.Where(one => one.Revision >= from), seen);
    }

    private static async Task CompactAsync(OpenStore open, Random random)
    {
        var current = open.Store.CurrentRevision;
        Assert.Equal(MvccStatus.FutureRevision, open.Store.Compact(current + 1, out _));
        var to = random.NextInt64(1, current + 1);
        var expected = to <= open.Store.CompactedRevision ? MvccStatus.Compacted : MvccStatus.Ok;
        Assert.Equal(expected, open.Store.Compact(to, out var physical));

        // Half of them are waited for, the others overlap with what follows, restarts included.
        if (random.Next(2) == 0)
        {
            await physical.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }
}
