namespace EtcdSharp.Client;

/// <summary>What one run has read and written, and the transaction that decides whether it counts.</summary>
internal sealed class AtomicScope(IKvClient kv, AtomicIsolation isolation, CancellationToken cancellationToken) : IAtomicScope
{
    private readonly SortedDictionary<EtcdBytes, KeyValue?> reads = [];
    private readonly SortedDictionary<EtcdBytes, (EtcdBytes? Value, PutOptions? Options)> writes = [];

    /// <summary>Fetched before the run began, or with the failed commit of the run before: taken when the code asks for it.</summary>
    private readonly Dictionary<EtcdBytes, KeyValue?> fetched = [];

    /// <summary>The revision that all reads are of; 0 before the first, and always where reads are not of one revision.</summary>
    private long snapshot;

    private bool OfOneRevision => isolation is AtomicIsolation.SerializableSnapshot or AtomicIsolation.Serializable;

    public async Task PrefetchAsync(IReadOnlyList<EtcdBytes> keys)
    {
        if (keys.Count == 0 || isolation == AtomicIsolation.ReadCommitted)
        {
            return;
        }

        var steps = keys.Distinct().ToArray();
        var result = await new Transaction(kv)
            .Then([.. steps.Select(static key => Operation.Get(key))])
            .CommitAsync(cancellationToken);
        Keep(steps, result);
    }

    public async ValueTask<EtcdBytes?> GetAsync(EtcdBytes key) =>
        writes.TryGetValue(key, out var written) ? written.Value : (await ReadAsync(key))?.Value;

    public async ValueTask<long> ModRevisionAsync(EtcdBytes key) => (await ReadAsync(key))?.ModRevision ?? 0;

    public void Put(EtcdBytes key, EtcdBytes value, PutOptions? options) => writes[key] = (value, options);

    public void Delete(EtcdBytes key) => writes[key] = (null, null);

    /// <summary>False: what was read does not hold any more; the scope is ready for another run.</summary>
    public async Task<bool> CommitAsync()
    {
        var commit = new Transaction(kv);
        foreach (var (key, (value, options)) in writes)
        {
            commit.Then(value is { } put ? Operation.Put(key, put, options) : Operation.Delete(key));
        }

        EtcdBytes[] asked = isolation == AtomicIsolation.ReadCommitted ? [] : [.. reads.Keys];
        foreach (var key in asked)
        {
            commit.If(Condition.ModRevision(key).Is(reads[key]?.ModRevision ?? 0));
            commit.Else(Operation.Get(key));
        }

        if (isolation == AtomicIsolation.SerializableSnapshot && snapshot != 0)
        {
            foreach (var key in writes.Keys.Where(key => !reads.ContainsKey(key)))
            {
                commit.If(Condition.ModRevision(key).IsLessThan(snapshot + 1));
            }
        }

        var result = await commit.CommitAsync(cancellationToken);
        if (!result.Succeeded)
        {
            Restart();
            Keep(asked, result);
        }

        return result.Succeeded;
    }

    /// <summary>Forgets what was read and written, for another run.</summary>
    public void Restart()
    {
        reads.Clear();
        writes.Clear();
        fetched.Clear();
        snapshot = 0;
    }

    private void Keep(EtcdBytes[] keys, TransactionResult result)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            fetched[keys[i]] = result.Responses[i].Get!.First;
        }

        if (OfOneRevision && keys.Length > 0)
        {
            snapshot = result.Header.Revision;
        }
    }

    private async ValueTask<KeyValue?> ReadAsync(EtcdBytes key)
    {
        if (isolation != AtomicIsolation.ReadCommitted && reads.TryGetValue(key, out var known))
        {
            return known;
        }

        if (!fetched.Remove(key, out var found))
        {
            var result = await kv.GetAsync(key, new GetOptions { Revision = snapshot }, cancellationToken);
            found = result.First;
            if (OfOneRevision && snapshot == 0)
            {
                snapshot = result.Header.Revision;
            }
        }

        reads[key] = found;
        return found;
    }
}
