using System.Globalization;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Tests;

/// <summary>
/// Readers at random revisions beside a writer that commits and compacts. Transaction r puts "r" into key r mod N and
/// into a second key of the same number and deletes a third, so that the whole state of every revision is known.
/// </summary>
public sealed class StoreConcurrencyTests
{
    private const int Keys = 64;
    private const long Last = 12_000;

    [Fact]
    public void Every_read_is_the_state_of_its_revision() => Assert.Null(Run(publishTooEarly: false));

    [Fact]
    public void The_test_above_notices_a_revision_that_is_published_too_early() => Assert.NotNull(Run(publishTooEarly: true));

    private static string? Run(bool publishTooEarly)
    {
        using var open = new OpenStore(
            options: new MvccOptions { CompactionPauseMs = 0, CompactionBatchLimit = 100 },
            backendOptions: new BackendOptions
            {
                NoSync = true,
                CommitIntervalMs = 1,
                CommitOperations = 200,
            }
        );
        open.Store.PublishTooEarly = publishTooEarly;
        string? failure = null;
        var finished = false;
        var readers = Enumerable.Range(0, 2).Select(seed => new Thread(() => ReadUntilFinished(seed))).ToArray();
        Array.ForEach(readers, reader => reader.Start());
        for (long revision = 2; revision <= Last && Volatile.Read(ref failure) is null; revision++)
        {
            Write(open.Store, revision);
            if (revision % 1500 == 0)
            {
                open.Store.Compact(revision - 1000, out _);
            }
        }

        Volatile.Write(ref finished, true);
        Array.ForEach(readers, reader => reader.Join());
        return failure;

        void ReadUntilFinished(int seed)
        {
            var random = new Random(seed);
            var reads = 0;
            while (Volatile.Read(ref failure) is null && (!Volatile.Read(ref finished) || reads < 100))
            {
                if (Outcome(open.Store, random) is { } found)
                {
                    Volatile.Write(ref failure, found);
                }

                reads++;
            }
        }
    }

    private static void Write(MvccStore store, long revision)
    {
        var write = store.BeginWrite();
        var number = (revision % Keys).ToString("d3", CultureInfo.InvariantCulture);
        var value = OpenStore.Bytes(revision.ToString(CultureInfo.InvariantCulture));
        write.Put(new PutCommand { Key = OpenStore.Bytes($"a{number}"), Value = value });
        write.Put(new PutCommand { Key = OpenStore.Bytes($"b{number}"), Value = value });
        if (revision % 3 == 0)
        {
            write.DeleteRange(OpenStore.Bytes($"c{(revision - 1) % Keys:d3}"), []);
        }
        else
        {
            write.Put(new PutCommand { Key = OpenStore.Bytes($"c{number}"), Value = value });
        }

        write.End();
    }

    /// <summary>
    /// A reader of a store that is broken on purpose may also run into an invariant. On a thread of its own that would end
    /// the whole run, so it counts as what is wrong.
    /// </summary>
    private static string? Outcome(MvccStore store, Random random)
    {
        try
        {
            return CheckOne(store, random);
        }
        catch (Exception invariant)
        {
            return invariant.ToString();
        }
    }

    /// <summary>Says what is wrong with one read; null when nothing is, or when a compaction was faster.</summary>
    private static string? CheckOne(MvccStore store, Random random)
    {
        using var result = RangeResult.Rent();
        var asked = random.Next(2) == 0 ? 0 : Math.Max(1, store.CurrentRevision - random.Next(1500));
        var status = store.Range(
            new RangeQuery
            {
                Key = "a"u8,
                RangeEnd = "z"u8,
                Revision = asked,
            },
            result
        );
        if (status == MvccStatus.Compacted && asked > 0 && asked < store.CompactedRevision)
        {
            return null;
        }

        if (status != MvccStatus.Ok)
        {
            return $"{status} at {asked}";
        }

        var revision = asked == 0 ? result.Revision : asked;
        var expected = Expected(revision);
        var seen = OpenStore.Parse(result).ConvertAll(kv => $"{kv.Key.ToStringUtf8()}={kv.Value.ToStringUtf8()}");
        return expected.SequenceEqual(seen, StringComparer.Ordinal)
            ? null
            : $"at {revision}: {string.Join(' ', expected.Except(seen))} missing, {string.Join(' ', seen.Except(expected))} too many";
    }

    private static List<string> Expected(long revision)
    {
        var state = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var r = Math.Max(2, revision - (4 * Keys)); r <= revision; r++)
        {
            state[$"a{r % Keys:d3}"] = r;
            state[$"b{r % Keys:d3}"] = r;
            if (r % 3 == 0)
            {
                state.Remove($"c{(r - 1) % Keys:d3}");
            }
            else
            {
                state[$"c{r % Keys:d3}"] = r;
            }
        }

        return [.. state.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"))];
    }
}
