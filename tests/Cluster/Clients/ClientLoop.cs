namespace EtcdSharp.Cluster.Clients;

/// <summary>A client that makes one call after the other, for a while at one member and then at another.</summary>
internal sealed class ClientLoop(History history, Func<IReadOnlyList<ClusterMember>> members, int seed)
{
    private readonly Random _random = new(seed);

    private long _knownRevision;

    public async Task RunAsync(CancellationToken stopping)
    {
        var member = Another();
        while (!stopping.IsCancellationRequested)
        {
            var answered = await CallAsync(member);
            if (!answered || _random.Next(20) == 0)
            {
                member = Another();
            }

            await Task.Delay(_random.Next(answered ? 25 : 80), CancellationToken.None);
        }
    }

    private ClusterMember Another()
    {
        var all = members();
        return all[_random.Next(all.Count)];
    }

    private async Task<bool> CallAsync(ClusterMember member)
    {
        var id = history.NextId();
        var patience = TimeSpan.FromMilliseconds(_random.Next(5) == 0 ? 300 : 2500);
        var answered = _random.Next(100) switch
        {
            < 40 => await history.PutAsync(member, Requests.Put(_random, id), id, patience),
            < 70 => await history.RangeAsync(member, Requests.Range(_random, _knownRevision), id, patience),
            < 78 => await history.DeleteAsync(member, Requests.Delete(_random), id, patience),
            < 90 => await history.TxnAsync(member, Requests.CompareAndSwap(_random, id, _knownRevision), id, patience),
            _ => await history.TxnAsync(member, Requests.ManyAtOnce(_random, id), id, patience),
        };
        if (answered)
        {
            _knownRevision = Math.Max(_knownRevision, history.KnownRevision);
        }

        return answered;
    }
}
