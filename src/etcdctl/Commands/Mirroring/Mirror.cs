using EtcdSharp.Api.Errors;
using EtcdSharp.Client;

namespace EtcdSharp.Programs.Etcdctl.Commands.Mirroring;

/// <summary>Copies keys to another cluster, then every change, for as long as both can be reached.</summary>
internal sealed class Mirror(IEtcdClient source, IEtcdClient destination, MirrorPrefixes prefixes, int maxOperations)
{
    private long copied;

    /// <summary>Keys and changes copied so far.</summary>
    public long Copied => Interlocked.Read(ref copied);

    /// <summary>Ends by a failure alone.</summary>
    public async Task<int> RunAsync(long firstRevision)
    {
        // A first revision of 1 means all of the history, which need not be there any more: then it copies what is.
        var next = firstRevision > 1 ? firstRevision : await CopyAllAsync() + 1;
        await using var watcher = await source.Watch.OpenAsync(prefixes.Range, new WatchOptions { StartRevision = next });
        await foreach (var batch in watcher.ReadAllAsync())
        {
            await CopyChangesAsync(batch.Events);
        }

        throw new EtcdException(EtcdError.NoLeader);
    }

    /// <summary>The revision as of which all keys were copied.</summary>
    private async Task<long> CopyAllAsync()
    {
        var now = await source.Kv.GetAsync(prefixes.Range, new GetOptions { CountOnly = true });
        var asOf = new GetOptions { Revision = now.Header.Revision };
        await foreach (var pair in source.Kv.PageAsync(prefixes.Range, options: asOf))
        {
            await destination.Kv.PutAsync(prefixes.Rename(pair.Key), pair.Value);
            Interlocked.Increment(ref copied);
        }

        return now.Header.Revision;
    }

    /// <summary>What one transaction changed at the source is changed by one transaction there, as long as it is small enough.</summary>
    private async Task CopyChangesAsync(IReadOnlyList<WatchEvent> events)
    {
        var operations = new List<Operation>();
        long revision = 0;
        foreach (var change in events)
        {
            if (operations.Count == maxOperations || (revision != 0 && change.Revision > revision))
            {
                await CommitAsync(operations);
            }

            revision = change.Revision;
            var key = prefixes.Rename(change.Key);
            operations.Add(change.IsDelete ? Operation.Delete(key) : Operation.Put(key, change.KeyValue.Value));
        }

        await CommitAsync(operations);
    }

    private async Task CommitAsync(List<Operation> operations)
    {
        if (operations.Count > 0)
        {
            await destination.Kv.Transaction().Then([.. operations]).CommitAsync();
            Interlocked.Add(ref copied, operations.Count);
            operations.Clear();
        }
    }
}
