using System.Globalization;

namespace EtcdSharp.Cluster.Clients;

/// <summary>A client that holds a key by a lease, renews it at any member for a while, and lets it go by silence.</summary>
internal sealed class LeaseLoop(History history, Func<IReadOnlyList<ClusterMember>> members, int seed, int ttlSeconds)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private readonly Random _random = new(seed);

    public int Renewals { get; private set; }

    /// <summary>Leases that were renewed, let go and then seen to be gone.</summary>
    public int Ended { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await HoldAsync(stopping);
            }
            catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
            {
                // Whether the lease is there is unknown: it ends by itself, and a new one is asked for.
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private ClusterMember Any()
    {
        var all = members();
        return all[_random.Next(all.Count)];
    }

    private async Task HoldAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Patience);
        var granted = await Any()
            .Endpoint.Call<LeaseGrantResponse>(
                "/etcdserverpb.Lease/LeaseGrant",
                new LeaseGrantRequest { TTL = ttlSeconds },
                limit.Token
            );
        var id = history.NextId();
        var key = string.Create(CultureInfo.InvariantCulture, $"l/{granted.ID:x}");
        var put = new PutRequest
        {
            Key = ByteString.CopyFromUtf8(key),
            Value = Requests.Value(id),
            Lease = granted.ID,
        };
        if (!await history.PutAsync(Any(), put, id, Patience))
        {
            return;
        }

        var renewedBefore = Renewals;
        var until = history.Now + ((2 + _random.Next(8)) * 1_000_000_000L);
        while (!stopping.IsCancellationRequested && history.Now < until)
        {
            if (await RenewAsync(Any(), granted.ID, key) == 0)
            {
                return;
            }

            await Task.Delay(_random.Next(50, 300), CancellationToken.None);
        }

        if (Renewals > renewedBefore)
        {
            await UntilGoneAsync(put.Key, stopping);
        }
    }

    private async Task UntilGoneAsync(ByteString key, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(Patience);
            var found = await Any()
                .Endpoint.Call<RangeResponse>("/etcdserverpb.KV/Range", new RangeRequest { Key = key }, limit.Token);
            if (found.Count == 0)
            {
                Ended++;
                return;
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }

    /// <returns>0 when the lease is gone, null when nothing is known.</returns>
    private async Task<long?> RenewAsync(ClusterMember member, long lease, string key)
    {
        var invoked = history.Now;
        try
        {
            await using var stream = member.Endpoint.LeaseKeepAlive();
            await stream.WriteAsync(new LeaseKeepAliveRequest { ID = lease }).WaitAsync(Patience);
            stream.CompleteWriting();
            if (await stream.ReadAsync(Patience) is not { } response)
            {
                return null;
            }

            if (response.TTL > 0)
            {
                Renewals++;
                history.Promised(new LeasePromise(lease, key, member.Name, invoked, history.Now, response.TTL));
            }

            return response.TTL;
        }
        catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
        {
            return null;
        }
    }
}
