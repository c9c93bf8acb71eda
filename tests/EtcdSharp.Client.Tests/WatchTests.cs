using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class WatchTests(Servers servers)
{
    [Theory]
    [OnEachWay]
    public async Task ChangesAreTold(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var watcher = await client.Watch.OpenAsync(KeyRange.Prefix("a/"), new WatchOptions { PreviousValues = true });
        await client.Kv.PutAsync("a/1", "x");
        await client.Kv.PutAsync("b/1", "not watched");
        await client.Kv.PutAsync("a/1", "y");
        await client.Kv.DeleteAsync("a/1");

        var events = await TakeAsync(watcher, 3);
        Assert.Equal("PUT a/1=x, PUT a/1=y, DELETE a/1", string.Join(", ", events));
        Assert.True(events[0].IsCreate);
        Assert.False(events[1].IsCreate);
        Assert.True(events[2].IsDelete);
        Assert.Null(events[0].Previous);
        Assert.Equal("a/1=x", events[1].Previous!.ToString());
        Assert.Equal("a/1=y", events[2].Previous!.ToString());
        Assert.True(events[0].Revision > watcher.Revision);
    }

    [Theory]
    [OnEachWay]
    public async Task AWatchMayBeginInThePast(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var first = (await client.Kv.PutAsync("k", "1")).Header.Revision;
        await client.Kv.PutAsync("k", "2");
        await client.Kv.DeleteAsync("k");
        List<string> told = [];
        await foreach (var change in client.Watch.WatchAsync("k", new WatchOptions { StartRevision = first }))
        {
            told.Add(change.ToString());
            if (told.Count == 3)
            {
                break;
            }
        }

        Assert.Equal(["PUT k=1", "PUT k=2", "DELETE k"], told);
    }

    [Theory]
    [OnEachWay]
    public async Task KindsOfChangesCanBeLeftOut(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var puts = await client.Watch.OpenAsync("k", new WatchOptions { WithoutDeletes = true });
        await using var deletes = await client.Watch.OpenAsync("k", new WatchOptions { WithoutPuts = true });
        await client.Kv.PutAsync("k", "1");
        await client.Kv.DeleteAsync("k");
        await client.Kv.PutAsync("k", "2");
        await client.Kv.DeleteAsync("k");
        Assert.Equal("PUT k=1, PUT k=2", string.Join(", ", await TakeAsync(puts, 2)));
        Assert.Equal("DELETE k, DELETE k", string.Join(", ", await TakeAsync(deletes, 2)));
    }

    [Theory]
    [OnEachWay]
    public async Task ManyWatchesShareOneStream(Way way)
    {
        const int count = 100;
        await using var client = await servers.ClientAsync(way);
        var watchers = await Task.WhenAll(Enumerable.Range(0, count).Select(i => client.Watch.OpenAsync($"k{i}")));
        for (var i = 0; i < count; i++)
        {
            await client.Kv.PutAsync($"k{i}", $"{i}");
        }

        for (var i = 0; i < count; i++)
        {
            Assert.Equal($"PUT k{i}={i}", Assert.Single(await TakeAsync(watchers[i], 1)).ToString());
            await watchers[i].DisposeAsync();
        }
    }

    [Theory]
    [OnEachWay]
    public async Task ProgressIsToldOnDemand(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var watcher = await client.Watch.OpenAsync("k");
        var revision = (await client.Kv.PutAsync("other", "1")).Header.Revision;
        client.Watch.RequestProgress();
        await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
        {
            Assert.True(batch.IsProgress);
            Assert.True(batch.Header.Revision >= revision);
            return;
        }

        Assert.Fail("no progress was told");
    }

    [Theory]
    [OnEachWay]
    public async Task ADisposedWatcherEndsItsEnumeration(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var watcher = await client.Watch.OpenAsync("k");
        var reading = TakeAsync(watcher, 1);
        await watcher.DisposeAsync();
        Assert.Empty(await reading);

        // The stream is closed with its last watch; another watch opens another one.
        await using var next = await client.Watch.OpenAsync("k");
        await client.Kv.PutAsync("k", "1");
        Assert.Single(await TakeAsync(next, 1));
    }

    [Theory]
    [OnEachWay]
    public async Task ASlowReaderMissesNothingAndDelaysNobody(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var slow = await client.Watch.OpenAsync("big");
        await using var quick = await client.Watch.OpenAsync("small");

        // More than a watcher keeps for its reader, so that it has to be ended at the server and begun again.
        const int puts = 40;
        var value = new byte[1024 * 1024];
        Assert.True((long)puts * value.Length > 2L * Watcher.BufferedBytesMax);
        for (var i = 0; i < puts; i++)
        {
            value[0] = (byte)i;
            await client.Kv.PutAsync("big", value.ToArray());
        }

        await client.Kv.PutAsync("small", "x");
        Assert.Single(await TakeAsync(quick, 1));
        Assert.True(((Watcher)slow).Paused);
        var events = await TakeAsync(slow, puts);
        Assert.Equal(
            Enumerable.Range(0, puts).Select(static i => (byte)i),
            events.Select(static one => one.KeyValue.Value.Span[0])
        );
        Assert.Equal(puts, events.Select(static one => one.Revision).Distinct().Count());
    }

    [Theory]
    [OnEach]
    public async Task AWatchFromACompactedRevisionSaysSo(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        await client.Kv.PutAsync("k", "1");
        await client.Kv.PutAsync("k", "2");
        var last = (await client.Kv.PutAsync("k", "3")).Header.Revision;
        await client.Kv.CompactAsync(last);
        var failure = await Eventually.FailsAsync(
            EtcdError.Compacted,
            async () =>
            {
                await using var watcher = await client.Watch.OpenAsync("k", new WatchOptions { StartRevision = 2 });
                await TakeAsync(watcher, 1);
            }
        );
        Assert.Equal(last, failure.CompactRevision);
    }

    [Theory]
    [OnEach]
    public async Task AWatchGoesOnAcrossRestartsWithoutLossOrRepetition(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        await using var watcher = await client.Watch.OpenAsync(KeyRange.Prefix("k"));
        await using var idle = await client.Watch.OpenAsync("idle");
        var reading = Task.Run(() => TakeAsync(watcher, 60));
        var written = 0;
        for (var round = 0; round < 3; round++)
        {
            if (round > 0)
            {
                await server.KillAsync();
                await server.StartAgainAsync();

                // Another client writes while the watch may not have found the server again yet.
                await using var other = new EtcdClient(server.Address);
                for (var i = 0; i < 10; i++)
                {
                    await other.Kv.PutAsync($"k{written}", $"{written++}");
                }
            }

            for (var i = 0; i < (round == 0 ? 20 : 10); i++)
            {
                await client.Kv.PutAsync($"k{written}", $"{written++}");
            }
        }

        Assert.Equal(60, written);
        var events = await reading;
        Assert.Equal(Enumerable.Range(0, 60).Select(static i => $"PUT k{i}={i}"), events.Select(static one => one.ToString()));

        // One that had nothing to tell before the restarts resumes where it began.
        await client.Kv.PutAsync("idle", "1");
        Assert.Single(await TakeAsync(idle, 1));
    }

    [Theory]
    [OnEach]
    public async Task CompactionWhileTheStreamIsLostIsTold(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var proxy = new TcpProxy(server.Address);
        await using var client = new EtcdClient(proxy.Address);
        await using var direct = new EtcdClient(server.Address);
        await using var watcher = await client.Watch.OpenAsync("k");
        await direct.Kv.PutAsync("k", "1");
        Assert.Single(await TakeAsync(watcher, 1));

        proxy.Refuse();
        await direct.Kv.PutAsync("k", "2");
        var last = (await direct.Kv.PutAsync("k", "3")).Header.Revision;
        await direct.Kv.CompactAsync(last);
        proxy.Forward();

        var failure = await Eventually.FailsAsync(EtcdError.Compacted, () => TakeAsync(watcher, 1));
        Assert.Equal(last, failure.CompactRevision);
    }

    [Theory]
    [OnEach]
    public async Task ALostLeaderIsToldToWhoRequiresOne(ServerKind kind)
    {
        string[] peers = [$"http://127.0.0.1:{FreePort.Next()}", $"http://127.0.0.1:{FreePort.Next()}"];
        await using var staying = Launch("one", peers[0]);
        await using var leaving = Launch("two", peers[1]);
        await Task.WhenAll(staying.WaitUntilServingAsync(), leaving.WaitUntilServingAsync());
        await using var client = new EtcdClient(Servers.Of(staying));
        await using var watcher = await client.WithRequiredLeader().Watch.OpenAsync("k");
        await using var patient = await client.Watch.OpenAsync("k");
        await leaving.KillAsync();
        await Eventually.FailsAsync(EtcdError.NoLeader, () => TakeAsync(watcher, 1));

        // Who does not require a leader waits for one.
        var next = patient.ReadAllAsync().GetAsyncEnumerator();
        Assert.False(next.MoveNextAsync().IsCompleted);

        EtcdServer Launch(string name, string peer) =>
            EtcdServer.Launch(
                kind,
                new ServerOptions([
                    "--name",
                    name,
                    "--listen-peer-urls",
                    peer,
                    "--initial-advertise-peer-urls",
                    peer,
                    "--initial-cluster",
                    $"one={peers[0]},two={peers[1]}",
                    "--heartbeat-interval",
                    "20",
                    "--election-timeout",
                    "200",
                    "--log-level",
                    "warn",
                ])
            );
    }

    /// <summary>The next events; fewer where the watch ends before.</summary>
    private static async Task<List<WatchEvent>> TakeAsync(IWatcher watcher, int count)
    {
        List<WatchEvent> events = [];
        await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
        {
            events.AddRange(batch.Events);
            if (events.Count >= count)
            {
                break;
            }
        }

        return events;
    }
}
