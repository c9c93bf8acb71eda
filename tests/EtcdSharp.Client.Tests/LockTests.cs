using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class LockTests(Servers servers)
{
    [Theory]
    [OnEachWay]
    public async Task OneHoldsItAtATimeUnderContention(Way way)
    {
        const int clients = 4;
        const int tasksPerClient = 3;
        const int rounds = 4;
        var options = await servers.OptionsAsync(way);
        var name = $"lock-{Guid.NewGuid():N}";
        var inside = 0;
        var atOnceMax = 0;
        var unprotected = 0;
        List<long> revisions = [];
        await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(async _ =>
                {
                    await using var client = new EtcdClient(options);
                    await Task.WhenAll(
                        Enumerable
                            .Range(0, tasksPerClient)
                            .Select(async _ =>
                            {
                                await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
                                var mutex = new DistributedLock(client, name);
                                for (var round = 0; round < rounds; round++)
                                {
                                    await using var hold = await mutex.AcquireAsync(lease, Eventually.Bounded());
                                    atOnceMax = Math.Max(atOnceMax, Interlocked.Increment(ref inside));
                                    var read = unprotected;

                                    // Others get their chance to come in between.
                                    await client.Kv.GetAsync("k");
                                    unprotected = read + 1;
                                    revisions.Add(hold.Revision);
                                    Interlocked.Decrement(ref inside);
                                }
                            })
                    );
                })
        );

        Assert.Equal(1, atOnceMax);
        Assert.Equal(clients * tasksPerClient * rounds, unprotected);
        Assert.Equal(revisions.Order(), revisions);
        Assert.Equal(revisions.Count, revisions.Distinct().Count());
    }

    [Theory]
    [OnEachWay]
    public async Task ALockThatIsTakenIsNotTakenTwice(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var mine = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        await using var yours = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        var mutex = new DistributedLock(client, "lock");
        var hold = await mutex.TryAcquireAsync(mine);
        Assert.NotNull(hold);
        Assert.Null(await mutex.TryAcquireAsync(yours));
        Assert.Equal(1, await client.Kv.CountAsync(KeyRange.Prefix("lock/")));
        Assert.Equal($"lock/{mine.Id:x}", hold.Key.ToString());

        // The holder's condition keeps writes of those out who only believe that they hold it.
        Assert.True((await client.Kv.Transaction().If(hold.StillHeld).CommitAsync()).Succeeded);
        await hold.ReleaseAsync();
        Assert.False((await client.Kv.Transaction().If(hold.StillHeld).CommitAsync()).Succeeded);
        await using var next = await mutex.TryAcquireAsync(yours);
        Assert.NotNull(next);
        Assert.True(next.Revision > hold.Revision);
    }

    [Theory]
    [OnEachWay]
    public async Task AWaiterGetsTheLockWhenItsHolderDies(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var holder = await client.LockAsync("lock", TimeSpan.FromSeconds(30));
        var waiting = client.LockAsync("lock", TimeSpan.FromSeconds(30), Eventually.Bounded());
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix("lock/")) == 2);
        Assert.False(waiting.IsCompleted);
        await client.Lease.RevokeAsync(holder.OwnLease!.Id);
        await using var next = await waiting;
        Assert.True(next.Revision > holder.Revision);
        await Eventually.TrueAsync(() => Task.FromResult(holder.Lost.IsCancellationRequested));
    }

    [Theory]
    [OnEachWay]
    public async Task AWaiterThatGivesUpLeavesTheLine(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var holder = await client.LockAsync("lock");
        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        using var patience = new CancellationTokenSource();
        var waiting = new DistributedLock(client, "lock").AcquireAsync(lease, patience.Token);
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix("lock/")) == 2);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix("lock/")) == 1);

        var lost = new DistributedLock(client, "lock").AcquireAsync(lease, Eventually.Bounded());
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix("lock/")) == 2);
        await client.Lease.RevokeAsync(lease.Id);
        await Eventually.FailsAsync(EtcdError.LeaseNotFound, () => lost);
    }

    [Theory]
    [OnEach]
    public async Task AReleaseThatFailedCanBeTriedAgain(ServerKind kind)
    {
        var server = await servers.Shared(kind);
        await using var proxy = new TcpProxy(Servers.Of(server));
        await using var client = new EtcdClient($"{proxy.Address};attempts=1");
        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        var mutex = new DistributedLock(client, $"again-{Guid.NewGuid():N}");
        var hold = await mutex.AcquireAsync(lease, Eventually.Bounded());
        proxy.Refuse();
        await Assert.ThrowsAsync<EtcdException>(() => hold.ReleaseAsync());
        proxy.Forward();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await hold.ReleaseAsync();
                return true;
            }
            catch (EtcdException)
            {
                return false;
            }
        });
        Assert.False((await client.Kv.Transaction().If(hold.StillHeld).CommitAsync()).Succeeded);
    }

    [Theory]
    [OnEach]
    public async Task ARequestThatIsCancelledOnItsWayLeavesNoPlaceBehind(ServerKind kind)
    {
        var server = await servers.Shared(kind);
        await using var direct = new EtcdClient(Servers.Of(server));
        await using var proxy = new TcpProxy(Servers.Of(server));
        await using var client = new EtcdClient(proxy.Address);
        var name = $"ghost-{Guid.NewGuid():N}";
        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(60));
        using var patience = new CancellationTokenSource();

        proxy.SwallowAnswers();
        var waiting = new DistributedLock(client, name).AcquireAsync(lease, patience.Token);
        await Eventually.TrueAsync(async () => await direct.Kv.CountAsync(KeyRange.Prefix(name)) == 1);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        // The answer is lost, so the client has to ask again to learn that it stands there.
        proxy.Forward();
        proxy.Break();
        await Eventually.TrueAsync(async () => await direct.Kv.CountAsync(KeyRange.Prefix(name)) == 0);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Theory]
    [OnEach]
    public async Task EtcdctlAndWeStandInOneLine(ServerKind kind)
    {
        Assert.SkipWhen(Programs.RealEtcdctl is null, Programs.HowToGetRealEtcd);
        var server = await servers.Shared(kind);
        await using var client = new EtcdClient(Servers.Of(server));
        var name = $"shared-{Guid.NewGuid():N}";

        await using var ours = await client.LockAsync(name);
        await using var theirs = Etcdctl.Start(server, "lock", name);
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix(name + "/")) == 2);
        Assert.Empty(theirs.Lines);
        await ours.ReleaseAsync();
        var key = await theirs.LineAsync();
        Assert.StartsWith(name + "/", key, StringComparison.Ordinal);

        var waiting = client.LockAsync(name, null, Eventually.Bounded());
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix(name + "/")) == 2);
        Assert.False(waiting.IsCompleted);
        await theirs.InterruptAsync();
        await using var again = await waiting;
        Assert.NotEqual(key, again.Key.ToString());
    }
}
