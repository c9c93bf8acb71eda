using System.Net;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Grpc.Tests.Support;
using EtcdSharp.Node.Bootstrap;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Grpc.Tests.Listening;

public sealed class ConnectionBudgetTests
{
    private const int Max = 2;

    [Fact]
    public async Task OneTooManyWaitsUntilAnotherHasGone()
    {
        ConnectionBudget budget = new(Max);
        await using EdgeHost host = await StartAsync(budget, "http://127.0.0.1:0", "http://127.0.0.1:0");
        using HttpClient first = await ConnectAsync(host.Urls[0]);
        HttpClient second = await ConnectAsync(host.Urls[1]);
        Assert.True(budget.IsSpent);

        using HttpClient third = Client(host.Urls[0]);
        Task<string> waiting = third.GetStringAsync(new Uri("/", UriKind.Relative));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromMilliseconds(200)));
        second.Dispose();
        Assert.Equal("served", await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task HostStopsThoughItCannotAccept()
    {
        ConnectionBudget budget = new(1);
        EdgeHost host = await StartAsync(budget, "http://127.0.0.1:0");
        using HttpClient client = await ConnectAsync(host.Urls[0]);
        Assert.True(budget.IsSpent);
        await host.StopAsync(TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(budget.IsSpent);
    }

    [Fact]
    public void DescriptorsAreSharedOut()
    {
        DescriptorBudget budget = DescriptorBudget.Of(DescriptorBudget.Reserved + 1600);
        Assert.Equal(1300, budget.Clients.Max);
        Assert.Equal(200, budget.Peers.Max);
        Assert.Equal(100, budget.Monitoring.Max);
    }

    [Fact]
    public void WithTooFewDescriptorsNothingStarts()
    {
        BootstrapException refused = Assert.Throws<BootstrapException>(() => DescriptorBudget.Of(DescriptorBudget.Reserved));
        Assert.StartsWith("file descriptor limit of etcd process is too low; please set higher", refused.Message);
        DescriptorBudget least = DescriptorBudget.Of(DescriptorBudget.Reserved + 16);
        Assert.Equal((13, 2, 1), (least.Clients.Max, least.Peers.Max, least.Monitoring.Max));
    }

    [Fact]
    public void WithoutALimitThereIsRoomForAll() => Assert.True(DescriptorBudget.Of(long.MaxValue).Monitoring.Max > 1_000_000);

    private static Task<EdgeHost> StartAsync(ConnectionBudget budget, params string[] urls) =>
        EdgeHost.StartAsync(
            new EdgeOptions
            {
                Urls =
                [
                    .. urls.Select(text =>
                    {
                        Assert.True(EdgeUrl.TryParse(text, out EdgeUrl? url, out string? error), error);
                        return url;
                    }),
                ],
                Http = static context => context.Response.WriteAsync("served"),
                Connections = budget,
            },
            CancellationToken.None
        );

    private static HttpClient Client(EdgeUrl url) =>
        new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(url.Text) };

    /// <summary>A client whose connection is open and stays so.</summary>
    private static async Task<HttpClient> ConnectAsync(EdgeUrl url)
    {
        HttpClient client = Client(url);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        return client;
    }
}
