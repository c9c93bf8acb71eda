using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Harness;
using Google.Protobuf;

namespace EtcdSharp.Compare.Scenarios;

/// <summary>How long clients of a cluster wait when the leader is killed: until a write is acknowledged that was begun afterwards.</summary>
internal sealed class LeaderChangeScenario() : Scenario("leader-change", "leader killed, three members")
{
    private const int Members = 3;
    private static readonly TimeSpan AttemptInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public override Task<IReadOnlyList<Measurement>> RunAsync(ServerKind kind, CompareOptions options) =>
        InScratchAsync(options, folder => MeasureAsync(kind, options.LeaderChanges, folder));

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(ServerKind kind, int changes, string folder)
    {
        await using var cluster = await EtcdCluster.StartAsync(
            Enumerable.Repeat(kind, Members),
            new ClusterOptions(Arguments: ["--log-level", "error"], DataFolder: folder)
        );
        var milliseconds = new List<double>();
        for (var i = 0; i < changes; i++)
        {
            var leader = await cluster.LeaderAsync();

            // At any moment between two heartbeats, not always at the same one.
            await Task.Delay(Random.Shared.Next(200));
            var others = cluster.Members.Where(member => member != leader).ToList();
            await leader.KillAsync();
            milliseconds.Add(await UntilWrittenAsync(others));
            await cluster.StartAndWaitAsync(leader);
        }

        milliseconds.Sort();
        return
        [
            new("median ms", milliseconds[milliseconds.Count / 2]),
            new("mean ms", milliseconds.Average()),
            new("p90 ms", milliseconds[milliseconds.Count * 9 / 10]),
            new("worst ms", milliseconds[^1]),
        ];
    }

    private static async Task<double> UntilWrittenAsync(List<ClusterMember> members)
    {
        var killed = Stopwatch.GetTimestamp();
        var written = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = new List<Task>();

        // What was sent to the dead leader is lost and would keep its caller waiting for seconds: it is given up at the end.
        using var enough = new CancellationTokenSource();
        for (var i = 0; !written.Task.IsCompleted; i++)
        {
            if (Stopwatch.GetElapsedTime(killed) > Patience)
            {
                throw new TimeoutException($"no write is acknowledged within {Patience}");
            }

            attempts.Add(WriteAsync(members[i % members.Count], i, killed, written, enough.Token));
            await Task.WhenAny(written.Task, Task.Delay(AttemptInterval));
        }

        await enough.CancelAsync();
        await Task.WhenAll(attempts);
        return await written.Task;
    }

    private static async Task WriteAsync(
        ClusterMember member,
        int number,
        long killed,
        TaskCompletionSource<double> written,
        CancellationToken enough
    )
    {
        var request = new Api.PutRequest
        {
            Key = ByteString.CopyFromUtf8("leader"),
            Value = ByteString.CopyFromUtf8(number.ToString(CultureInfo.InvariantCulture)),
        };
        try
        {
            await member.Endpoint.Call<Api.PutResponse>("/etcdserverpb.KV/Put", request, enough);
            written.TrySetResult(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
        }
        catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
        {
            // Another attempt is under way.
            return;
        }
    }
}
