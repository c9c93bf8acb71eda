using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Client;
using EtcdSharp.Cluster.Checking;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Cluster.Client;

/// <summary>Three members whose leader is killed again and again, while the client library writes, watches and locks.</summary>
internal sealed class ClientEpisode : IAsyncDisposable
{
    private const int Contenders = 4;
    private const string EndKey = Writer.Prefix + "end";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly EtcdCluster _cluster;
    private readonly Random _random;
    private readonly Journal _journal = new();
    private readonly List<EtcdClient> _clients = [];
    private readonly List<ClientWire> _wires = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _stoppingWatches = new();
    private readonly Pulse _pulse = new();
    private readonly ReopenedStreams _reopened = new();

    private ClientEpisode(EtcdCluster cluster, int seed)
    {
        _cluster = cluster;
        _random = new Random(seed);
    }

    /// <exception cref="Xunit.Sdk.XunitException">A guarantee was broken; the message names the file that tells how.</exception>
    public static async Task<ClientEpisodeResult> RunAsync(ServerKind kind, int kills, int seed)
    {
        await using var cluster = await EtcdCluster.StartAsync(
            [kind, kind, kind],
            new ClusterOptions(HeartbeatMs: 50, ElectionMs: 500, Arguments: ["--log-level", "info", "--snapshot-count", "500"])
        );
        await using var episode = new ClientEpisode(cluster, seed);
        try
        {
            return await episode.RunAsync(kills, seed);
        }
        catch (Exception failure)
            when (failure is Violation or TimeoutException or InvalidOperationException or GrpcFailure or InvalidDataException)
        {
            var file = Path.Combine(Path.GetTempPath(), $"client-failure-{seed}-{DateTime.UtcNow:HHmmss}.txt");
            await File.WriteAllLinesAsync(
                file,
                [failure.ToString(), .. episode._journal.Notes, .. episode._journal.Tenures.Select(static one => one.ToString())]
            );
            await File.AppendAllTextAsync(file, cluster.Output());
            Assert.Fail($"{failure.Message}\nseed {seed}; what happened is in {file}");
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _stoppingWatches.CancelAsync();
        foreach (var wire in _wires)
        {
            wire.GoOn();
        }

        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        foreach (var wire in _wires)
        {
            await wire.DisposeAsync();
        }

        await _pulse.DisposeAsync();
        _reopened.Dispose();
    }

    private EtcdClient Direct(Func<EtcdClientOptions, EtcdClientOptions>? with = null)
    {
        var options = new EtcdClientOptions { Endpoints = [.. _cluster.Members.Select(static member => member.ClientUrl)] };
        var client = new EtcdClient(with is null ? options : with(options));
        _clients.Add(client);
        return client;
    }

    /// <summary>Tells each refusal instead of asking again; at one of its endpoints nobody is.</summary>
    private static EtcdClientOptions Once(EtcdClientOptions options) =>
        options with
        {
            AttemptsMax = 1,
            Endpoints = [.. options.Endpoints, $"http://127.0.0.1:{FreePort.Next()}"],
        };

    private (ClientWire Wire, EtcdClient Client) Wired()
    {
        var wire = new ClientWire(_cluster.Members);
        _wires.Add(wire);
        return (wire, Direct(options => options with { Endpoints = wire.Endpoints }));
    }

    private async Task<ClientEpisodeResult> RunAsync(int kills, int seed)
    {
        var (torn, wired) = Wired();
        var direct = Direct();
        var watches = StartWatches(direct, wired);
        await WatchesBeginAsync();
        Task[] users =
        [
            Task.Run(() => new Writer("a", direct, _journal, seed + 1).RunAsync(_stopping.Token)),
            Task.Run(() => new Writer("b", direct, _journal, seed + 2).RunAsync(_stopping.Token)),
            Task.Run(() => new Writer("torn", wired, _journal, seed + 3).RunAsync(_stopping.Token)),
            Task.Run(() => new Writer("once", Direct(Once), _journal, seed + 4).RunAsync(_stopping.Token)),
            Task.Run(() =>
                new Writer("hasty", direct.WithTimeout(TimeSpan.FromMilliseconds(250)), _journal, seed + 5).RunAsync(
                    _stopping.Token
                )
            ),
            Task.Run(() => new Observer(direct, _journal).ComeAndGoAsync(seed + 6, _stopping.Token)),
            Task.Run(() => TearAsync(torn, new Random(seed + 7))),
            Task.Run(() => RevokeAsync(direct, new Random(seed + 8))),
            .. Enumerable.Range(0, Contenders).Select(i => StartContender(i, direct, seed + 10 + i)),
        ];
        for (var kill = 1; kill <= kills; kill++)
        {
            await KillAsync(kill);
            FailIfOneFailed(users);
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(users).WaitAsync(s_limit);
        var end = (await direct.Kv.PutAsync(EndKey, "end")).Header.Revision;
        _journal.Writes.Enqueue(new WriteRecord(EndKey, "end", WriteOutcome.Done, end, ""));
        await UntilAsync(EverythingIsTold, "all watches tell the last write");
        await _stoppingWatches.CancelAsync();
        await Task.WhenAll(watches).WaitAsync(s_limit);
        return await JudgeAsync(kills, end);

        bool EverythingIsTold() =>
            _journal
                .Watches.Where(static one => one is { ToTheEnd: true, DeletesOnly: false })
                .All(one => one.Events is [.., var last] && last.Revision >= end)
            || _journal.Watches.Any(static one => one.Failure is not null);
    }

    private Task StartContender(int number, EtcdClient direct, int seed)
    {
        var (wire, client) = Wired();
        return Task.Run(() =>
            new Contender(
                string.Create(CultureInfo.InvariantCulture, $"c{number}"),
                wire,
                client,
                direct,
                _journal,
                seed
            ).RunAsync(_stopping.Token)
        );
    }

    private Task[] StartWatches(EtcdClient direct, EtcdClient wired)
    {
        (EtcdClient Client, WatchRecord Record)[] all =
        [
            (direct, new WatchRecord("direct", Writer.Prefix) { ToTheEnd = true }),
            (wired, new WatchRecord("torn", Writer.Prefix) { ToTheEnd = true }),
            (
                Direct(),
                new WatchRecord("from the first, with values before", "")
                {
                    From = 1,
                    PreviousValues = true,
                    ToTheEnd = true,
                }
            ),
            (wired, new WatchRecord("deletions", Writer.Prefix) { DeletesOnly = true }),
        ];
        return
        [
            .. all.Select(one =>
                Task.Run(() => new Observer(one.Client, _journal).WatchAsync(one.Record, _stoppingWatches.Token))
            ),
        ];
    }

    /// <summary>A write that all watches have told: from then on they must tell everything.</summary>
    private async Task WatchesBeginAsync()
    {
        await using var client = new EtcdClient(_cluster.Members[0].ClientUrl);
        const string key = Writer.Prefix + "begin";
        for (var i = 0; ; i++)
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"begin{i}");
            await _journal.WriteAsync(key, value, async () => (await client.Kv.PutAsync(key, value)).Header.Revision);
            await _journal.WriteAsync(
                key + i,
                value + "x",
                async () => (await client.Kv.PutAsync(key + i, value + "x")).Header.Revision
            );
            await _journal.WriteAsync(key + i, null, async () => (await client.Kv.DeleteAsync(key + i)).Header.Revision);
            await Task.Delay(100);
            if (_journal.Watches.Count == 4 && _journal.Watches.All(static one => one.Events.Count > 0))
            {
                break;
            }
        }

        foreach (var watch in _journal.Watches.Where(static one => one.From == 0))
        {
            watch.From = watch.Events[0].Revision;
        }
    }

    private async Task KillAsync(int number)
    {
        await Task.Delay(_random.Next(300, 1200));
        var leader = await _cluster.LeaderAsync();
        await leader.KillAsync();
        _journal.Note(string.Create(CultureInfo.InvariantCulture, $"kill {number}: {leader.Name}"));

        // Now and then it is back before the others have elected one; mostly another one leads by then.
        await Task.Delay(_random.Next(5) == 0 ? 50 : _random.Next(800, 2200));
        await _cluster.StartAndWaitAsync(leader);
        _journal.Note($"{leader.Name} is back");

        // A lease that nobody confirms runs out in quiet times alone: each election makes it whole again.
        if (number % 3 == 2)
        {
            await Task.Delay(2 * Contender.TimeToLive);
        }
    }

    private async Task TearAsync(ClientWire wire, Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(random.Next(100, 1500), CancellationToken.None);
            wire.Tear();
        }
    }

    /// <summary>Takes the lease away from one that waits: it must not take the lock without its place in the line.</summary>
    private async Task RevokeAsync(EtcdClient client, Random random)
    {
        var line = new GetOptions { SortBy = SortTarget.CreateRevision };
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(random.Next(300, 1500), CancellationToken.None);
            try
            {
                var waiting = await client.Kv.GetAsync(KeyRange.Prefix(Contender.LockName + "/"), line);
                if (waiting.KeyValues is [_, var next, ..])
                {
                    // The next one, so that its turn comes before it hears of it with a keepalive.
                    _journal.Revoked[next.Key.ToString()] = true;
                    await client.Lease.RevokeAsync(next.Lease);
                    _journal.Note($"revoked the lease of {next.Key}");
                }
            }
            catch (EtcdException failure)
            {
                _journal.Note($"revoking: {failure.Message}");
            }
        }
    }

    private static void FailIfOneFailed(Task[] users)
    {
        foreach (var failed in users.Where(static user => user.IsFaulted))
        {
            failed.GetAwaiter().GetResult();
        }
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > s_limit)
            {
                throw new TimeoutException($"within {s_limit} it did not come to this: {what}");
            }

            await Task.Delay(20);
        }
    }

    private async Task<ClientEpisodeResult> JudgeAsync(int kills, long end)
    {
        IReadOnlyList<Event>? history = null;
        foreach (var member in _cluster.Members)
        {
            var changes = await Change.ReadAllAsync(member, end);
            List<Event> events = [.. changes.Where(one => one.Revision <= end).SelectMany(static one => one.Events)];
            if (history is not null && !history.SequenceEqual(events))
            {
                throw new Violation("state machine safety", $"{member.Name} tells another history");
            }

            history = events;
        }

        var check = new ClientCheck(history!);
        check.Writes(_journal.Writes, _journal.Counted);
        foreach (var watch in _journal.Watches)
        {
            check.Watch(watch, end);
        }

        var tenures = check.Locks(_journal.Tenures, _journal.Revoked.Keys, _pulse.Lateness);
        var values = history!.Select(static one => one.Kv.Value.ToStringUtf8()).ToHashSet(StringComparer.Ordinal);
        return new ClientEpisodeResult
        {
            Kills = kills,
            Done = Count(WriteOutcome.Done),
            NotDone = Count(WriteOutcome.NotDone),
            Unknown = Count(WriteOutcome.Unknown),
            UnknownButHappened = _journal.Writes.Count(one =>
                one.Outcome == WriteOutcome.Unknown && one.Value is not null && values.Contains(one.Value)
            ),
            Additions = _journal.Counted.Done,
            Reads = _journal.Reads,
            Watches = _journal.Watches.Count,
            WatchEvents = _journal.Watches.Sum(static one => one.Events.Count),
            StreamsReopened = _reopened.Count,
            Tenures = tenures,
            LateWritesRefused = _journal.LateWritesRefused,
            LeasesRunOut = _journal.LeasesRunOut,
            LeasesRevoked = _journal.Revoked.Count,
            Lateness = _pulse.Lateness,
        };

        int Count(WriteOutcome outcome) => _journal.Writes.Count(one => one.Outcome == outcome);
    }
}
