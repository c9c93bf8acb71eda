namespace EtcdSharp.Cluster.Clients;

/// <summary>
/// A client that watches everything from the first revision on, at one member after the other, and takes up where it was.
/// It keeps what it was told; the judgement comes at the end.
/// </summary>
internal sealed class WatchLoop(History history, Func<IReadOnlyList<ClusterMember>> members, int seed)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(seed);
    private readonly List<Delivery> _deliveries = [];
    private long _next = 1;

    public IReadOnlyList<Delivery> Deliveries => _deliveries;

    /// <summary>The last revision that this client knows everything up to.</summary>
    public long Reached => Volatile.Read(ref _next) - 1;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var all = members();
            var member = all[_random.Next(all.Count)];
            try
            {
                await WatchAsync(member, stopping);
            }
            catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
            {
                history.Note($"watch at {member.Name} ended at {Reached}: {failure.GetType().Name}");
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task WatchAsync(ClusterMember member, CancellationToken stopping)
    {
        await using var watch = member.Endpoint.Watch();
        var request = new WatchRequest
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = ByteString.CopyFrom(0),
                RangeEnd = ByteString.CopyFrom(0),
                StartRevision = _next,
                ProgressNotify = true,
            },
        };
        await watch.WriteAsync(request).WaitAsync(Silence, CancellationToken.None);
        var leaveAt = history.Now + ((1 + _random.Next(4)) * 1_000_000_000L);
        while (!stopping.IsCancellationRequested && history.Now < leaveAt)
        {
            if (_random.Next(20) == 0)
            {
                await watch.WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
            }

            // A member whose clients are all away is silent too: then somebody else is asked.
            if (await watch.ReadAsync(Silence) is not { } response || !Take(member, response))
            {
                return;
            }
        }
    }

    private bool Take(ClusterMember member, WatchResponse response)
    {
        if (response.Created)
        {
            return true;
        }

        var arrived = history.Now;
        _deliveries.Add(new Delivery(arrived, member.Name, response.Header.Revision, response.Canceled, [.. response.Events]));
        if (response.Canceled)
        {
            return false;
        }

        var reached = response.Events.Count == 0 ? response.Header.Revision : response.Events[^1].Kv.ModRevision;
        Volatile.Write(ref _next, Math.Max(_next, reached + 1));
        return true;
    }
}
