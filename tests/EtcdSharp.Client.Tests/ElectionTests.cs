using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class ElectionTests(Servers servers)
{
    [Theory]
    [OnEachWay]
    public async Task OneLeadsAndTheNextFollows(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var first = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        await using var second = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        var election = new Election(client, "leader");
        Assert.Null(await election.LeaderAsync());

        var leading = await election.CampaignAsync(first, "a", Eventually.Bounded());
        var waiting = election.CampaignAsync(second, "b", Eventually.Bounded());
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix("leader/")) == 2);
        Assert.False(waiting.IsCompleted);
        Assert.Equal("a", (await election.LeaderAsync())!.Value.ToString());

        await leading.ProclaimAsync("a2");
        Assert.Equal("a2", (await election.LeaderAsync())!.Value.ToString());
        await leading.DisposeAsync();
        await using var next = await waiting;
        Assert.Equal("b", (await election.LeaderAsync())!.Value.ToString());
        await Eventually.FailsAsync(EtcdError.NotLeader, () => leading.ProclaimAsync("late"));
        Assert.True(next.Revision > leading.Revision);
    }

    [Theory]
    [OnEachWay]
    public async Task ObserversSeeEachLeader(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        var election = new Election(client, "leader");
        await using var observed = election.ObserveAsync(Eventually.Bounded()).GetAsyncEnumerator();
        var next = observed.MoveNextAsync();
        var leading = await election.CampaignAsync(lease, "1", Eventually.Bounded());
        Assert.True(await next);
        Assert.Equal("1", observed.Current.Value.ToString());

        next = observed.MoveNextAsync();
        await leading.ProclaimAsync("2");
        Assert.True(await next);
        Assert.Equal("2", observed.Current.Value.ToString());

        next = observed.MoveNextAsync();
        await leading.ResignAsync();
        await using var again = await election.CampaignAsync(lease, "3", Eventually.Bounded());
        Assert.True(await next);
        Assert.Equal("3", observed.Current.Value.ToString());
    }

    [Theory]
    [OnEachWay]
    public async Task ACandidateThatGivesUpLeaves(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var first = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        await using var second = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        var election = new Election(client, "leader");
        await using var leading = await election.CampaignAsync(first, "a", Eventually.Bounded());
        using var patience = new CancellationTokenSource();
        var waiting = election.CampaignAsync(second, "b", patience.Token);
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix("leader/")) == 2);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix("leader/")) == 1);
    }

    [Theory]
    [OnEach]
    public async Task EtcdctlAndWeAreCandidatesOfOneElection(ServerKind kind)
    {
        Assert.SkipWhen(Programs.RealEtcdctl is null, Programs.HowToGetRealEtcd);
        var server = await servers.Shared(kind);
        await using var client = new EtcdClient(Servers.Of(server));
        var name = $"elect-{Guid.NewGuid():N}";
        var election = new Election(client, name);
        await using var theirs = Etcdctl.Start(server, "elect", name, "theirs");
        await Eventually.TrueAsync(async () => await election.LeaderAsync() is { } leader && leader.Value == "theirs");

        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        var waiting = election.CampaignAsync(lease, "ours", Eventually.Bounded());
        await Eventually.TrueAsync(async () => await client.Kv.CountAsync(KeyRange.Prefix(name + "/")) == 2);
        Assert.False(waiting.IsCompleted);
        await theirs.InterruptAsync();
        await using var leading = await waiting;

        await using var listening = Etcdctl.Start(server, "elect", "--listen", name);
        Assert.Equal(leading.Key.ToString(), await listening.LineAsync());
        Assert.Equal("ours", await listening.LineAsync());
    }
}
