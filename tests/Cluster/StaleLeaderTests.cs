namespace EtcdSharp.Cluster;

/// <summary>A leader that stood still while the others elected another one and went on without it.</summary>
public sealed class StaleLeaderTests
{
    private const long TtlSeconds = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// It wakes up and hears none of the others, so nothing tells it that it leads no more. What clients ask of it then must
    /// not be answered from what it remembers: the others have ended the lease.
    /// </summary>
    [Fact]
    public async Task ItPromisesNothingAboutALeaseThatTheOthersHaveEnded()
    {
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(PeersAreProxied: true)
        );
        var stale = await cluster.LeaderAsync();
        var others = cluster.Members.Where(member => member != stale).ToList();
        var lease = (await stale.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = TtlSeconds })).ID;
        Assert.True(await RenewAsync(stale, lease) > 0);

        // First the cut: what the others say meanwhile would wait in its sockets and be read before anything else.
        cluster.Network!.Part([stale.Name], others.Select(member => member.Name));
        stale.Pause();
        await cluster.LeaderAsync();
        await others[0].Endpoint.LeaseRevoke(new LeaseRevokeRequest { ID = lease });
        stale.Resume();
        var promises = new List<Task<long>>();
        for (var i = 0; i < 40; i++)
        {
            promises.Add(TtlOrNothingAsync(() => RenewAsync(stale, lease)));
            promises.Add(
                TtlOrNothingAsync(async () =>
                    (await stale.Endpoint.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = lease }).WaitAsync(s_patience)).TTL
                )
            );
            await Task.Delay(25);
        }

        var answers = await Task.WhenAll(promises);
        Assert.True(answers.All(ttl => ttl <= 0), $"the lease has ended, and seconds are promised: {string.Join(' ', answers)}");

        cluster.Network.Heal(tear: true);
        await cluster.WaitUntilServingAsync(stale);
        Assert.Equal(-1, (await stale.Endpoint.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = lease })).TTL);
    }

    private static async Task<long> RenewAsync(ClusterMember member, long lease)
    {
        await using var stream = member.Endpoint.LeaseKeepAlive();
        await stream.WriteAsync(new LeaseKeepAliveRequest { ID = lease }).WaitAsync(s_patience);
        return (await stream.ReadAsync(s_patience))?.TTL ?? 0;
    }

    /// <summary>No answer promises nothing.</summary>
    private static async Task<long> TtlOrNothingAsync(Func<Task<long>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
        {
            return 0;
        }
    }
}
