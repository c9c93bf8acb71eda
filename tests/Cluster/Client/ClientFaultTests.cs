using System.Globalization;

namespace EtcdSharp.Cluster.Client;

/// <summary>
/// The client library at a cluster whose leader is killed: a write's result is never reported wrongly, a watch misses and
/// repeats nothing, a lock is never held by two.
/// </summary>
public sealed class ClientFaultTests
{
    /// <summary>How many leaders are killed.</summary>
    private const string KillsVariable = "ETCDSHARP_CLIENT_KILLS";

    private const string SeedVariable = "ETCDSHARP_CLIENT_SEED";
    private const int KillsOfEachChange = 5;

    [Fact]
    public Task OurMembers() => RunAsync(ServerKind.Ours);

    [Fact]
    public Task RealMembers()
    {
        Assert.SkipUnless(Programs.RealEtcd is not null, Programs.HowToGetRealEtcd);
        return RunAsync(ServerKind.Real);
    }

    /// <summary>Whether a write without an answer has happened is chance; among so many kills some have.</summary>
    private const int KillsThatShowAll = 50;

    private static async Task RunAsync(ServerKind kind)
    {
        var kills = Number(KillsVariable, KillsOfEachChange);
        var result = await ClientEpisode.RunAsync(kind, kills, Number(SeedVariable, 1));
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        LongRun.Note($"{DateTime.UtcNow:HH:mm:ss} client, {kind}: {result}");
        Assert.True(
            result.Done > 100 * kills
                && result.NotDone > 0
                && (result.UnknownButHappened > 0 || kills < KillsThatShowAll)
                && result.Reads > 5 * kills
                && result.WatchEvents > 300 * kills
                && result.StreamsReopened >= kills
                && result.Tenures > 3 * kills
                && result.LateWritesRefused > 0
                && result.LeasesRevoked > 0,
            result.ToString()
        );
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
