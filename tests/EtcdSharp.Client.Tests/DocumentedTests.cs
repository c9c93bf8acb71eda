using System.Text.RegularExpressions;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Client.Tests.Support;
using EtcdSharp.Server;
using Microsoft.Extensions.DependencyInjection;

namespace EtcdSharp.Client.Tests;

/// <summary>Every example of docs/client.md and docs/embed.md, word for word, run.</summary>
public sealed partial class DocumentedTests(Servers servers)
{
    private const int MatchLimitMs = 10_000;

    /// <summary>White space and the comments at the ends of lines may differ: the formatter has its say here, the reader there.</summary>
    [Theory]
    [InlineData("client.md", 18)]
    [InlineData("embed.md", 2)]
    public async Task EachExampleStandsHere(string page, int atLeast)
    {
        var here = Squeezed(
            await File.ReadAllTextAsync(
                Path.Combine(Programs.RepositoryRoot, "tests", "EtcdSharp.Client.Tests", $"{nameof(DocumentedTests)}.cs")
            )
        );
        var text = await File.ReadAllTextAsync(Path.Combine(Programs.RepositoryRoot, "docs", page));
        var examples = Example().Matches(text).Select(static match => match.Groups["code"].Value).ToArray();
        Assert.True(examples.Length >= atLeast, $"only {examples.Length} examples were found");
        Assert.All(examples, example => Assert.True(here.Contains(Squeezed(example)), $"nothing runs this:\n{example}"));
    }

    [Fact]
    public async Task AConnectionString()
    {
        await using var client = new EtcdClient("http://a:2379,http://b:2379;user=me;password=secret;namespace=/shop/");

        Assert.Equal(["http://a:2379", "http://b:2379"], client.Endpoints);
        var builder = new { Services = new ServiceCollection() };
        builder.Services.AddEtcdClient("http://a:2379,http://b:2379;user=me;password=secret");

        await using var container = builder.Services.BuildServiceProvider();
        Assert.Equal(client.Endpoints, container.GetRequiredService<IEtcdClient>().Endpoints);
    }

    [Fact]
    public async Task CertificatesFromFiles()
    {
        await using var server = SecureServer.Start("example.com");
        var (address, ca) = (server.Address, server.Authority.CaFile);
        var (certificate, key) = server.Authority.Issue("somebody");
        {
            await using var client = new EtcdClient($"{address};ca={ca};cert={certificate};key={key}");

            await client.Kv.GetAsync("k");
        }

        // A name that the certificate does not have, so that what counts is the host named in the options.
        address = $"https://localhost:{new Uri(address).Port}";
        {
            var tls = EtcdTls.FromPem(ca, certificate, key);
            tls.TargetHost = "example.com";
            await using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [address], Tls = tls });

            await client.Kv.GetAsync("k");
        }
    }

    [Theory]
    [OnEach]
    public async Task AClusterFoundByItsDomain(ServerKind kind)
    {
        var member = await servers.Shared(kind);
        using var names = new FakeNameServer();
        names.Records["_etcd-client._tcp.example.com"] = [(0, 0, member.Address.Port, "localhost")];
        var options = new EtcdClientOptions { Namespace = $"/{Guid.NewGuid():N}/" };
        var nameServer = names.Address;
        await using var client = await EtcdClient.FromDomainAsync("example.com", options, server: nameServer);

        await client.Kv.GetAsync("k");
    }

    [Theory]
    [OnEachWay]
    public async Task Views(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var inside = client.InNamespace("in/");
        var quick = client.WithTimeout(TimeSpan.FromMilliseconds(100));
        var careful = client.WithRequiredLeader(); // refused by members that have no leader
        var ordered = client.WithOrderedReads(); // never reads something older than it has seen

        await inside.Kv.PutAsync("k", "v");
        foreach (var view in new[] { careful, ordered })
        {
            Assert.Equal("v", (await view.Kv.GetValueAsync("in/k")).ToString());
        }

        Assert.NotNull(quick);
    }

    [Theory]
    [OnEachWay]
    public async Task Keys(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        for (var i = 0; i < 35; i++)
        {
            await client.Kv.PutAsync($"a/{i % 5}", $"{i}");
            await client.Kv.PutAsync($"page/{i:00}", "x");
        }

        var revision = (await client.Kv.GetAsync("a/1")).Header.Revision;
        var put = await client.Kv.PutAsync("greeting", "hello");
        var found = (await client.Kv.GetAsync("greeting")).First; // KeyValue, or null
        var value = await client.Kv.GetValueAsync("greeting"); // its value alone, or null
        await client.Kv.GetAsync(KeyRange.Prefix("a/"), new GetOptions { SortBy = SortTarget.ModRevision, Limit = 2 });
        await client.Kv.GetAsync(KeyRange.From("a/3"));
        await client.Kv.GetAsync(KeyRange.Between("a/1", "a/3"), new GetOptions { Revision = revision, Serializable = true });
        await client.Kv.DeleteAsync(KeyRange.Prefix("k"), new DeleteOptions { PreviousValues = true });

        Assert.Equal(put.Header.Revision, found!.ModRevision);
        Assert.Equal("hello", value.ToString());
        List<string> seen = [];
        await foreach (var keyValue in client.Kv.PageAsync(KeyRange.Prefix("page/"), pageSize: 10))
        {
            seen.Add(keyValue.Key.ToString());
        }

        Assert.Equal(35, seen.Count);
    }

    [Theory]
    [OnEachWay]
    public async Task Transactions(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await client.Kv.PutAsync("stock", "3");
        var sold = await client
            .Kv.Transaction()
            .If(Condition.Value("stock").Is("3"), Condition.Missing("order"))
            .Then(Operation.Put("stock", "2"), Operation.Put("order", "me"), Operation.Get("stock"))
            .Else(Operation.Get("stock"))
            .CommitAsync();
        if (sold.Succeeded)
        {
            Console.WriteLine(sold.Responses[2].Get!.First!.Value);
        }

        Assert.Equal("2", sold.Responses[2].Get!.First!.Value.ToString());
        var (from, to) = ("stock", "elsewhere");
        await client.RunAtomicallyAsync(async scope =>
        {
            var there = Number(await scope.GetAsync(from));
            scope.Put(from, Text(there - 7));
            scope.Put(to, Text(Number(await scope.GetAsync(to)) + 7));
        });

        Assert.Equal("-5", (await client.Kv.GetValueAsync(from)).ToString());
        Assert.Equal("7", (await client.Kv.GetValueAsync(to)).ToString());
    }

    [Theory]
    [OnEachWay]
    public async Task Watches(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        using var end = new CancellationTokenSource(Eventually.Limit);
        var cancellationToken = end.Token;
        var changes = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await using var watcher = await client.Watch.OpenAsync(
                KeyRange.Prefix("a/"),
                new WatchOptions { PreviousValues = true }
            );
            await client.Kv.PutAsync("a/1", "x"); // after OpenAsync: surely told
            await foreach (var batch in watcher.ReadAllAsync(cancellationToken))
            {
                foreach (var change in batch.Events)
                {
                    See(change);
                }
            }
        });
        Assert.Equal(["PUT a/1=x"], changes);

        void See(WatchEvent change)
        {
            changes.Add(change.ToString());
            end.Cancel();
        }
    }

    [Theory]
    [OnEachWay]
    public async Task LeasesLocksAndElections(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        {
            await using var held = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
            await client.Kv.PutAsync("held", "v", new PutOptions { Lease = held.Id });
            await WorkAsync(held.Lost); // a CancellationToken
        }

        Assert.Null((await client.Kv.GetAsync("held")).First);
        {
            await using var hold = await client.LockAsync("nightly-job");
            await client.Kv.Transaction().If(hold.StillHeld).Then(Operation.Put("result", "x")).CommitAsync();
        }

        Assert.Equal("x", (await client.Kv.GetValueAsync("result")).ToString());
        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        using var end = new CancellationTokenSource(Eventually.Limit);
        var cancellationToken = end.Token;
        var leaders = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var election = new Election(client, "leader");
            await using var leading = await election.CampaignAsync(lease, "a");
            await leading.ProclaimAsync("a2");
            await foreach (var leader in election.ObserveAsync(cancellationToken))
            {
                See(leader.Value);
            }
        });
        Assert.Equal(["a2"], leaders);

        void See(EtcdBytes leader)
        {
            leaders.Add(leader.ToString());
            end.Cancel();
        }
    }

    [Theory]
    [OnEachWay]
    public async Task Services(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await using var lease = await client.Lease.HoldAsync(TimeSpan.FromSeconds(30));
        using var end = new CancellationTokenSource(Eventually.Limit);
        var cancellationToken = end.Token;
        IReadOnlyDictionary<string, ServiceEndpoint>? found = null;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var registry = new ServiceRegistry(client, "shop/orders");
            await registry.RegisterAsync("one", new ServiceEndpoint("10.0.0.1:80"), lease.Id);
            await foreach (var instances in registry.ResolveAsync(cancellationToken))
            {
                Use(instances);
            }
        });
        Assert.Equal("10.0.0.1:80", found!["one"].Address);

        void Use(IReadOnlyDictionary<string, ServiceEndpoint> instances)
        {
            found = instances;
            end.Cancel();
        }
    }

    [Theory]
    [OnEach]
    public async Task Care(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        var member = server.Address;
        var file = Path.Combine(Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName, "snapshot.db");
        var revision = (await client.Kv.PutAsync("k", "v")).Header.Revision;
        var status = await client.Maintenance.StatusAsync(member);
        await client.Maintenance.SaveSnapshotAsync(file); // whole, synced, its hash checked
        await client.Kv.CompactAsync(revision, physical: true);
        await client.Maintenance.DefragmentAsync(member);
        await client.Cluster.SyncEndpointsAsync(); // from now on: the members' own addresses

        Assert.NotEqual(0, status.DbSize);
        Assert.True(new FileInfo(file).Length > 0);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Theory]
    [OnEach]
    public async Task Users(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        await client.Auth.AddRoleAsync("writer");
        await client.Auth.GrantPermissionAsync("writer", KeyRange.Prefix("mine/"), Permission.Types.Type.Readwrite);

        Assert.Single((await client.Auth.GetRoleAsync("writer")).Perm);
    }

    [Theory]
    [OnEachWay]
    public async Task Failures(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var caught = false;
        try
        {
            await client.Lease.RevokeAsync(4711);
        }
        catch (EtcdException e) when (e.Error == EtcdError.LeaseNotFound)
        {
            caught = true;
        }

        Assert.True(caught);
    }

    [Fact]
    public async Task AMemberInsideTheProgram()
    {
        var directory = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
        {
            await using var member = await Member.StartAsync(
                new MemberOptions { DataDirectory = directory, ListenClientUrls = ["http://127.0.0.1:0"] }
            );

            // Port 0 lets the system choose; this is the address for any etcd client.
            var address = member.ClientUrls[0];

            await using var client = new EtcdClient(address);
            await client.Kv.PutAsync("k", "v");
            Assert.Equal("v", (await client.Kv.GetValueAsync("k")).ToString());
            await AskInsideAsync(member);
            await member.StopAsync();
            Assert.True(member.Completion.IsCompletedSuccessfully);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task AskInsideAsync(Member member)
    {
        await using var client = new EtcdClient(new EtcdClientOptions { Channel = member.Channel });

        Assert.Equal("v", (await client.Kv.GetValueAsync("k")).ToString());
    }

    private static Task WorkAsync(CancellationToken lost)
    {
        lost.ThrowIfCancellationRequested();
        return Task.CompletedTask;
    }

    private static int Number(EtcdBytes? text) =>
        text is { } there ? int.Parse(there.ToString(), System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static EtcdBytes Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Squeezed(string code) => Blank().Replace(Comment().Replace(code, ""), "");

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, MatchLimitMs)]
    private static partial Regex Example();

    [GeneratedRegex(@"(?<![:""])//[^\n]*", RegexOptions.ExplicitCapture, MatchLimitMs)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+", RegexOptions.None, MatchLimitMs)]
    private static partial Regex Blank();
}
