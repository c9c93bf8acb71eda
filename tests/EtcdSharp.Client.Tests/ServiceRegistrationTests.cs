using Microsoft.Extensions.DependencyInjection;

namespace EtcdSharp.Client.Tests;

/// <summary>The client from a service container.</summary>
public sealed class ServiceRegistrationTests
{
    [Fact]
    public async Task OneClientForTheApplication()
    {
        var services = new ServiceCollection().AddEtcdClient("http://a:1,http://b:2;user=u;password=p");
        services.AddEtcdClient("http://ignored:3");
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IEtcdClient>();
        Assert.Equal(["http://a:1", "http://b:2"], client.Endpoints);
        await using var scope = provider.CreateAsyncScope();
        Assert.Same(client, scope.ServiceProvider.GetRequiredService<IEtcdClient>());
    }

    [Fact]
    public async Task OptionsFromOtherServices()
    {
        var services = new ServiceCollection().AddSingleton(new Uri("http://a:1"));
        services.AddEtcdClient(provider => new EtcdClientOptions
        {
            Endpoints = [provider.GetRequiredService<Uri>().GetLeftPart(UriPartial.Authority)],
        });
        await using var provider = services.BuildServiceProvider();
        Assert.Equal(["http://a:1"], provider.GetRequiredService<IEtcdClient>().Endpoints);
    }

    [Fact]
    public async Task SeveralClustersByKey()
    {
        var services = new ServiceCollection()
            .AddKeyedEtcdClient("one", new EtcdClientOptions { Endpoints = ["http://a:1"] })
            .AddKeyedEtcdClient("two", new EtcdClientOptions { Endpoints = ["http://b:2"] });
        await using var provider = services.BuildServiceProvider();
        Assert.Equal(["http://a:1"], provider.GetRequiredKeyedService<IEtcdClient>("one").Endpoints);
        Assert.Equal(["http://b:2"], provider.GetRequiredKeyedService<IEtcdClient>("two").Endpoints);
    }

    /// <summary>The container closes the client with itself.</summary>
    [Fact]
    public async Task TheClientEndsWithTheContainer()
    {
        var provider = new ServiceCollection().AddEtcdClient("http://127.0.0.1:1").BuildServiceProvider();
        var client = provider.GetRequiredService<IEtcdClient>();
        await provider.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.Kv.GetAsync("key"));
    }
}
