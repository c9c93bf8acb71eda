using EtcdSharp.Client.Tests.Support;
using EtcdSharp.Grpc;

namespace EtcdSharp.Client.Tests;

/// <summary>What a client has to know of a member in its own process beyond what all the other tests say of both ways.</summary>
public sealed class InProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AMemberThatHasStoppedSurelyDidNotDoIt()
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
        try
        {
            var member = await Servers.StartMemberAsync(folder);
            await using var client = new EtcdClient(new EtcdClientOptions { Channel = member.Channel, AttemptsMax = 2 });
            await client.Kv.PutAsync("k", "v");
            await member.StopAsync();

            var failure = await Assert.ThrowsAsync<EtcdException>(() => client.Kv.PutAsync("k", "w"));
            Assert.Equal(StatusCode.Unavailable, failure.Code);
            Assert.False(failure.OutcomeUnknown);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task AMemberStopsUnderItsWatchesLeasesAndCalls()
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
        try
        {
            var member = await Servers.StartMemberAsync(folder);
            await using var client = new EtcdClient(new EtcdClientOptions { Channel = member.Channel, AttemptsMax = 2 });
            await using var held = await client.Lease.HoldAsync(TimeSpan.FromSeconds(60));
            await using var watcher = await client.Watch.OpenAsync("k");
            long acknowledged = 0;
            var putting = Task.Run(async () =>
            {
                for (var i = 1; ; i++)
                {
                    try
                    {
                        await client.Kv.PutAsync("k", $"{i}");
                        Interlocked.Exchange(ref acknowledged, i);
                    }
                    catch (EtcdException)
                    {
                        return;
                    }
                }
            });
            await foreach (var batch in watcher.ReadAllAsync(Eventually.Bounded()))
            {
                Assert.NotEmpty(batch.Events);
                break;
            }

            await member.StopAsync().WaitAsync(Patience);
            await putting.WaitAsync(Patience);

            // A write that was answered is there; one that was under way when the member stopped may be.
            await using var again = await Servers.StartMemberAsync(folder);
            await using var reader = new EtcdClient(new EtcdClientOptions { Channel = again.Channel });
            var found = int.Parse(
                (await reader.Kv.GetValueAsync("k")).ToString()!,
                System.Globalization.CultureInfo.InvariantCulture
            );
            Assert.InRange(found, acknowledged, acknowledged + 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task ManyClientsShareTheChannelAndNoneClosesItForTheOthers()
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
        try
        {
            await using var member = await Servers.StartMemberAsync(folder);
            var options = new EtcdClientOptions { Channel = member.Channel };
            await using var second = new EtcdClient(options);
            await using (var first = new EtcdClient(options))
            {
                await first.Kv.PutAsync("k", "v");
            }

            Assert.Equal("v", (await second.Kv.GetValueAsync("k")).ToString());
            Assert.Equal(["inprocess:"], second.Endpoints);

            // A member by its address is asked over its port, whatever way the client was given.
            Assert.Equal(member.MemberId, (await second.Maintenance.StatusAsync(member.ClientUrls[0])).Header.MemberId);
            Assert.Equal(member.MemberId, (await second.Maintenance.StatusAsync(second.Endpoints[0])).Header.MemberId);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
