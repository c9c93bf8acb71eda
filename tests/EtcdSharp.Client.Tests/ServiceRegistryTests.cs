using System.Text.Json;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class ServiceRegistryTests(Servers servers)
{
    [Theory]
    [OnEachWay]
    public async Task InstancesAreStoredAsOtherClientsDo(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var registry = new ServiceRegistry(client, "shop/orders");
        await registry.RegisterAsync("one", new ServiceEndpoint("10.0.0.1:80"));
        Assert.Equal(
            """{"Op":0,"Addr":"10.0.0.1:80","Metadata":null}""",
            (await client.Kv.GetValueAsync("shop/orders/one")).ToString()
        );

        // As Go's client writes them, and what is no such document.
        await client.Kv.PutAsync("shop/orders/two", """{"Op":0,"Addr":"10.0.0.2:80","Metadata":{"zone":"b"}}""");
        await client.Kv.PutAsync("shop/orders/bad", "not json");
        var found = await registry.ListAsync();
        Assert.Equal(["one", "two"], found.Keys.Order());
        Assert.Equal("b", found["two"].Metadata!.Value.GetProperty("zone").GetString());
        await registry.UnregisterAsync("one");
        Assert.Equal(["two"], (await registry.ListAsync()).Keys);
    }

    [Theory]
    [OnEachWay]
    public async Task AResolverFollowsComingAndGoing(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var registry = new ServiceRegistry(client, "shop");
        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        await registry.RegisterAsync("one", new ServiceEndpoint("a:1"), lease.Id);
        await using var resolved = registry.ResolveAsync(Eventually.Bounded()).GetAsyncEnumerator();
        Assert.Equal("one=a:1", await NextAsync());

        var metadata = JsonSerializer.SerializeToElement("canary");
        await registry.RegisterAsync("two", new ServiceEndpoint("b:1", metadata));
        Assert.Equal("one=a:1 two=b:1", await NextAsync());
        Assert.Equal("canary", resolved.Current["two"].Metadata!.Value.GetString());
        await client.Lease.RevokeAsync(lease.Id);
        Assert.Equal("two=b:1", await NextAsync());

        async Task<string> NextAsync()
        {
            Assert.True(await resolved.MoveNextAsync());
            return string.Join(
                ' ',
                resolved.Current.OrderBy(static one => one.Key).Select(static one => $"{one.Key}={one.Value.Address}")
            );
        }
    }
}
