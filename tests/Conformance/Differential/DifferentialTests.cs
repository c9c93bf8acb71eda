using System.Globalization;
using System.Text;

namespace EtcdSharp.Conformance.Differential;

/// <summary>
/// The same random requests, one by one, to both servers: every answer must be equal but for the names of cluster and
/// member. ETCDSHARP_DIFF_OPS and ETCDSHARP_DIFF_SEED say how many and from which seed.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int DefaultOperations = 3000;

    /// <summary>Each attempt to make a difference smaller starts both servers anew.</summary>
    private const int ShrinkingAttempts = 40;

    /// <summary>A smaller history is a help, not the result: the difference is told before, and the search for it ends.</summary>
    private static readonly TimeSpan ShrinkingLimit = TimeSpan.FromMinutes(2);

    /// <summary>Between two events may lie a long run of reads.</summary>
    private static readonly TimeSpan EventLimit = TimeSpan.FromMinutes(2);

    private const int ShownOperations = 25;
    private const int ShownCharacters = 1500;

    private static readonly ByteString LastKey = Utf8("zzz-last");

    [Fact]
    public async Task EveryAnswerIsEqual()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        Assert.SkipWhen(Setting("ETCDSHARP_ENDPOINT") is not null, "starts two servers of its own");
        Assert.SkipWhen(Setting("ETCDSHARP_SERVERS") is "ours", "needs both servers");
        var count = int.Parse(Setting("ETCDSHARP_DIFF_OPS") ?? $"{DefaultOperations}", CultureInfo.InvariantCulture);
        var seed = int.Parse(Setting("ETCDSHARP_DIFF_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}, {count} operations");

        // With ETCDSHARP_SERVERS=real the reference is compared with itself: what differs then is the test's own fault.
        await using var real = await EtcdServer.StartAsync(ServerKind.Real);
        await using var other = await EtcdServer.StartAsync(Other);
        await using var realEvents = await WatchAll(real.Endpoint);
        await using var otherEvents = await WatchAll(other.Endpoint);

        // Read from the start: a watcher that lags behind is cut off by the next compaction.
        var allEvents = Task.WhenAll(Collect(realEvents), Collect(otherEvents));

        var source = new OperationSource(seed);
        List<Operation> history = [];
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            var operation = source.Next();
            history.Add(operation);
            var (expected, got) = await Both(operation, real.Endpoint, other.Endpoint);
            if (!string.Equals(expected.Text, got.Text, StringComparison.Ordinal))
            {
                Assert.Fail(await Describe(seed, i, history, expected.Text, got.Text));
            }
            refused += expected.Revision == 0 ? 1 : 0;
            source.Revision = Math.Max(source.Revision, expected.Revision);
        }
        output.WriteLine($"{refused} of them were refused; last revision {source.Revision}");
        Assert.InRange(refused, count / 50, count / 2);

        await Both(new Operation("/etcdserverpb.KV/Put", Put(LastKey, "")), real.Endpoint, other.Endpoint);
        var events = await allEvents;
        Assert.Equal(events[0], events[1]);
    }

    private static ServerKind Other => Setting("ETCDSHARP_SERVERS") is "real" ? ServerKind.Real : ServerKind.Ours;

    private static string? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static async Task<((string Text, long Revision) Expected, (string Text, long Revision) Got)> Both(
        Operation operation,
        EtcdEndpoint real,
        EtcdEndpoint other
    )
    {
        var expected = operation.SendAsync(real);
        var got = operation.SendAsync(other);
        await Task.WhenAll(expected, got);
        return (await expected, await got);
    }

    private static async Task<DuplexCall<WatchRequest, WatchResponse>> WatchAll(EtcdEndpoint etcd)
    {
        var watch = etcd.Watch();
        await watch.WriteAsync(
            Create(
                new WatchCreateRequest
                {
                    Key = Zero,
                    RangeEnd = Zero,
                    PrevKv = true,
                }
            )
        );
        Assert.True((await watch.Next()).Created);
        return watch;
    }

    /// <summary>All events up to the last key, grouped as they must be: no revision is split.</summary>
    private static async Task<List<string>> Collect(DuplexCall<WatchRequest, WatchResponse> watch)
    {
        List<string> events = [];
        var last = false;
        while (!last)
        {
            var answer = await watch.ReadAsync(EventLimit) ?? throw new InvalidOperationException("the watch stream ended");
            Assert.False(answer.Canceled, answer.CancelReason);
            foreach (var change in answer.Events)
            {
                // A pair before a compacted revision may be gone by the time the event is sent: its presence is not compared.
                change.PrevKv = null;
                events.Add(change.ToString());
                last |= change.Kv.Key == LastKey;
            }
        }
        return events;
    }

    private async Task<string> Describe(int seed, int index, List<Operation> history, string expected, string got)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}, operation {index}: the answers differ");
        text.AppendLine(CultureInfo.InvariantCulture, $"  request:  {Short(history[^1])}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  etcd:     {Short(expected)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  {Other}:     {Short(got)}");
        text.AppendLine("the operations before it:");
        foreach (var operation in history.TakeLast(ShownOperations))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Short(operation)}");
        }

        // Told at once and where it is seen at once: a run that is ended while it shrinks has said what differed.
        output.WriteLine(text.ToString());
        await Console.Error.WriteLineAsync(text.ToString());
        var (smallest, lastExpected, lastGot) = await Shrink(history, expected, got);
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"smallest history found that ends in a difference, {smallest.Count} operations, the last of them:"
        );
        foreach (var operation in smallest.TakeLast(ShownOperations))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Short(operation)}");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"  etcd:     {Short(lastExpected)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  {Other}:     {Short(lastGot)}");
        return text.ToString();
    }

    private static string Short(object what) =>
        what.ToString() is { Length: > ShownCharacters } text ? text[..ShownCharacters] + " ..." : $"{what}";

    /// <summary>Leaves out ever smaller parts of the history as long as a difference remains.</summary>
    private static async Task<(List<Operation> History, string Expected, string Got)> Shrink(
        List<Operation> history,
        string expected,
        string got
    )
    {
        var best = (History: history, Expected: expected, Got: got);
        var attempts = 0;
        using var limit = new CancellationTokenSource(ShrinkingLimit);
        for (var chunk = history.Count / 2; chunk >= 1 && MayTryAgain(); chunk /= 2)
        {
            for (var start = 0; start + chunk < best.History.Count && MayTryAgain(); attempts++)
            {
                List<Operation> candidate = [.. best.History[..start], .. best.History[(start + chunk)..]];
                if (await FirstDifference(candidate, limit.Token) is { } found)
                {
                    best = found;
                }
                else
                {
                    start += chunk;
                }
            }
        }
        return best;

        bool MayTryAgain() => attempts < ShrinkingAttempts && !limit.IsCancellationRequested;
    }

    private static async Task<(List<Operation> History, string Expected, string Got)?> FirstDifference(
        List<Operation> operations,
        CancellationToken limit
    )
    {
        await using var real = await EtcdServer.StartAsync(ServerKind.Real);
        await using var other = await EtcdServer.StartAsync(Other);
        for (var i = 0; i < operations.Count && !limit.IsCancellationRequested; i++)
        {
            var (expected, got) = await Both(operations[i], real.Endpoint, other.Endpoint);
            if (!string.Equals(expected.Text, got.Text, StringComparison.Ordinal))
            {
                return (operations[..(i + 1)], expected.Text, got.Text);
            }
        }
        return null;
    }
}
