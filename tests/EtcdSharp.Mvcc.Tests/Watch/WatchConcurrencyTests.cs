using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Mvcc.Tests.Watch;

/// <summary>The same guarantees with real threads: one writes, one catches up, several read, all at once.</summary>
public class WatchConcurrencyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Every_reader_gets_every_event_once_and_in_order_while_all_threads_run()
    {
        const int readers = 8;
        const int before = 5_000;
        const int writes = 30_000;
        var history = new ConcurrentHistory(writes + 2);
        var hub = new WatchHub(bufferedBytesMax: 8 * 1024);
        history.Hub = hub;
        hub.Open(history);
        for (var i = 0; i < before; i++)
        {
            history.Write();
        }

        // Half of them begin in the past and meet the writer on the way; the other half begin with the writer.
        using var loop = new WatchCatchUpLoop(hub, new MvccOptions().Failed);
        var tasks = Enumerable.Range(0, readers).Select(i => ReadAllAsync(hub, i % 2 == 0 ? 2 : 0, writes + 1)).ToList();
        var writer = new Thread(() =>
        {
            for (var i = before; i < writes; i++)
            {
                history.Write();
            }
        });
        writer.Start();

        var counts = await Task.WhenAll(tasks).WaitAsync(Patience);
        Assert.True(writer.Join(Patience));
        Assert.All(counts, count => Assert.Null(count.Fault));
        Assert.All(counts, (count, i) => Assert.Equal(i % 2 == 0 ? writes : writes - before, count.Received));

        // Small queues must have overflowed, or the test has not seen what it is for.
        Assert.True(history.Reads > 2 * readers, $"{history.Reads} reads of history");
    }

    private static Task<(int Received, string? Fault)> ReadAllAsync(WatchHub hub, long start, long lastRevision)
    {
        var stream = hub.OpenStream();
        stream.Create(
            new WatchCreate
            {
                Key = "k"u8.ToArray(),
                End = [],
                StartRevision = start,
            }
        );
        return Task.Run(() => ReadAllAsync(stream, start, lastRevision));
    }

    private static async Task<(int Received, string? Fault)> ReadAllAsync(WatchStream stream, long start, long lastRevision)
    {
        List<WatchResponse> taken = [];
        var last = 0L;
        var received = 0;
        while (last < lastRevision)
        {
            await stream.WaitForResponsesAsync();
            taken.Clear();
            stream.Take(taken, 2000);
            foreach (var response in taken)
            {
                if (response.Control is { Created: true })
                {
                    last = start == 0 ? response.Revision : start - 1;
                    continue;
                }

                for (var i = 0; i < response.Selection.Count; i++)
                {
                    var revision = response.Batch!.RevisionOf(response.Selection[i]);
                    if (revision != last + 1)
                    {
                        return (received, $"revision {revision} came after {last}");
                    }

                    last = revision;
                    received++;
                }
            }
        }

        stream.Close();
        return (received, null);
    }
}
