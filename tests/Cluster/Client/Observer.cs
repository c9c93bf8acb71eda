using EtcdSharp.Client;

namespace EtcdSharp.Cluster.Client;

/// <summary>Watches through the client and keeps what it is told. That a watch ends by itself is wrong: nothing is compacted.</summary>
internal sealed class Observer(IEtcdClient client, Journal journal)
{
    /// <summary>Event by event, as a user would.</summary>
    public async Task WatchAsync(WatchRecord record, CancellationToken stopping)
    {
        journal.Watches.Enqueue(record);
        var options = new WatchOptions
        {
            StartRevision = record.From,
            PreviousValues = record.PreviousValues,
            WithoutPuts = record.DeletesOnly,
        };
        try
        {
            await foreach (var told in client.Watch.WatchAsync(KeyRange.Prefix(record.Prefix), options, stopping))
            {
                record.Add(told);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The test is over.
        }
        catch (EtcdException failure)
        {
            record.Failure = failure.Message;
        }
    }

    /// <summary>One short watch after the other, from the past or from now on, so that many are opened during faults.</summary>
    public async Task ComeAndGoAsync(int seed, CancellationToken stopping)
    {
        var random = new Random(seed);
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var past = random.Next(2) == 0 ? Math.Max(1, journal.Acknowledged - random.Next(200)) : 0;
            var record = new WatchRecord($"short {i}", Writer.Prefix) { From = past };
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            end.CancelAfter(random.Next(200, 2500));
            try
            {
                await using var watcher = await client.Watch.OpenAsync(
                    KeyRange.Prefix(record.Prefix),
                    new WatchOptions { StartRevision = past },
                    end.Token
                );
                record.From = past == 0 ? watcher.Revision + 1 : past;
                journal.Watches.Enqueue(record);
                await foreach (var batch in watcher.ReadAllAsync(end.Token))
                {
                    foreach (var told in batch.Events)
                    {
                        record.Add(told);
                    }
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Its time is up.
            }
            catch (EtcdException failure)
            {
                record.Failure = failure.Message;
                journal.Watches.Enqueue(record);
                return;
            }
        }
    }
}
