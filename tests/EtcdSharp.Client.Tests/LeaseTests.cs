using System.Diagnostics;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class LeaseTests(Servers servers)
{
    /// <summary>The shortest that real etcd grants with its usual election timeout.</summary>
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(2);

    [Theory]
    [OnEachWay]
    public async Task ALeaseIsGrantedListedProlongedAndRevoked(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var granted = await client.Lease.GrantAsync(TimeSpan.FromSeconds(29.5), 0);
        Assert.Equal(30, granted.TTL);
        await client.Kv.PutAsync("k", "v", new PutOptions { Lease = granted.ID });

        var left = await client.Lease.TimeToLiveAsync(granted.ID, keys: true);
        Assert.Equal(30, left.GrantedTTL);
        Assert.Equal("k", Assert.Single(left.Keys).ToStringUtf8());
        Assert.Contains((await client.Lease.ListAsync()).Leases, lease => lease.ID == granted.ID);
        Assert.Equal(30, (await client.Lease.KeepAliveOnceAsync(granted.ID)).TTL);

        await client.Lease.RevokeAsync(granted.ID);
        Assert.Null((await client.Kv.GetAsync("k")).First);
        Assert.Equal(-1, (await client.Lease.TimeToLiveAsync(granted.ID)).TTL);
        await Eventually.FailsAsync(EtcdError.LeaseNotFound, () => client.Lease.RevokeAsync(granted.ID));
        await Eventually.FailsAsync(EtcdError.LeaseNotFound, () => client.Lease.KeepAliveOnceAsync(granted.ID));
        await Eventually.FailsAsync(EtcdError.LeaseNotFound, () => client.Lease.KeepAliveAsync(granted.ID));
    }

    [Theory]
    [OnEachWay]
    public async Task AHeldLeaseOutlivesItsTimeAndEndsWhenLetGo(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var held = await client.Lease.HoldAsync(s_short);
        var left = (await client.Lease.GrantAsync(s_short)).ID;
        await client.Kv.PutAsync("held", "v", new PutOptions { Lease = held.Id });
        await using var watcher = await client.Watch.OpenAsync("left");
        await client.Kv.PutAsync("left", "v", new PutOptions { Lease = left });

        // When the other one, as short, has run out, this one has been prolonged.
        await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
        {
            if (batch.Events.Any(static change => change.IsDelete))
            {
                break;
            }
        }

        Assert.False(held.Lost.IsCancellationRequested);
        Assert.NotNull((await client.Kv.GetAsync("held")).First);
        await held.DisposeAsync();
        Assert.Equal(LeaseEnd.Released, await held.Ended);
        Assert.Null((await client.Kv.GetAsync("held")).First);
    }

    [Theory]
    [OnEachWay]
    public async Task ARevokedLeaseIsToldToItsHolder(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var held = await client.Lease.HoldAsync(s_short);
        await client.Lease.RevokeAsync(held.Id);
        Assert.Equal(LeaseEnd.Gone, await held.Ended.WaitAsync(Eventually.Limit));
        await Eventually.TrueAsync(() => Task.FromResult(held.Lost.IsCancellationRequested));
    }

    [Theory]
    [OnEach]
    public async Task ALeaseThatNobodyConfirmsIsToldLostInItsTime(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        await using var held = await client.Lease.HoldAsync(s_short);
        await server.KillAsync();
        var killed = Stopwatch.GetTimestamp();
        Assert.Equal(LeaseEnd.Unconfirmed, await held.Ended.WaitAsync(Eventually.Limit));

        // The holder must know before the server, had it lived, would have let the lease end.
        Assert.True(Stopwatch.GetElapsedTime(killed) <= s_short + TimeSpan.FromMilliseconds(500));
    }

    [Theory]
    [OnEach]
    public async Task KeepAlivesFindTheServerAgainAfterARestart(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        await using var held = await client.Lease.HoldAsync(TimeSpan.FromSeconds(6));
        await server.KillAsync();
        await server.StartAgainAsync();

        // The server counts the whole time anew after its start; what falls below shows that it has been asked again.
        await Eventually.TrueAsync(async () => (await client.Lease.TimeToLiveAsync(held.Id)).TTL is 3 or 4);
        await Eventually.TrueAsync(async () => (await client.Lease.TimeToLiveAsync(held.Id)).TTL >= 5);
        Assert.False(held.Ended.IsCompleted);
    }

    [Theory]
    [OnEachWay]
    public async Task AnExistingLeaseCanBeKeptAlive(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var id = (await client.Lease.GrantAsync(TimeSpan.FromSeconds(30))).ID;
        await using (var kept = await client.Lease.KeepAliveAsync(id))
        {
            Assert.Equal(TimeSpan.FromSeconds(30), kept.TimeToLive);
            await Assert.ThrowsAsync<InvalidOperationException>(() => client.Lease.KeepAliveAsync(id));
        }

        // It was not made here, so it is left to its time.
        Assert.True((await client.Lease.TimeToLiveAsync(id)).TTL > 0);
        await client.Lease.RevokeAsync(id);
    }

    [Theory]
    [OnEachWay]
    public async Task AClosedClientEndsWhatItKept(Way way)
    {
        var client = await servers.ClientAsync(way);
        var held = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        var watcher = await client.Watch.OpenAsync("k");
        await client.DisposeAsync();
        Assert.Equal(LeaseEnd.ClientClosed, await held.Ended.WaitAsync(Eventually.Limit));
        await Assert.ThrowsAsync<EtcdException>(async () =>
        {
            await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
            {
                Assert.Fail($"there was {batch}");
            }
        });
    }
}
