using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Cluster.Checking;
using EtcdSharp.Cluster.Clients;
using EtcdSharp.Cluster.Faults;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Cluster;

/// <summary>Runs a cluster of processes through faults while clients write, read, watch and hold leases, and judges what they saw.</summary>
internal sealed class Episode
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);

    private readonly EpisodeOptions _options;
    private readonly EtcdCluster _cluster;
    private readonly FaultTools _tools;
    private readonly MachineStalls _stalls;
    private readonly History _history = new();
    private readonly Random _random;
    private readonly List<WatchLoop> _watches;
    private readonly LeaseLoop _leases;
    private readonly List<Task> _probes = [];
    private readonly List<Recovery> _recoveries = [];

    private Episode(EpisodeOptions options, EtcdCluster cluster, FaultTools tools, MachineStalls stalls)
    {
        _options = options;
        _stalls = stalls;
        _cluster = cluster;
        _tools = tools;
        _random = new Random(options.Seed);
        _watches = [.. Enumerable.Range(0, 2).Select(i => new WatchLoop(_history, Members, options.Seed + 100 + i))];
        _leases = new LeaseLoop(_history, Members, options.Seed + 200, ttlSeconds: 2 + (options.ElectionMs / 1000));
    }

    /// <exception cref="Xunit.Sdk.XunitException">A guarantee was broken; the message names the file that tells how.</exception>
    public static async Task<EpisodeResult> RunAsync(EpisodeOptions options)
    {
        var disk = options.Faults.Contains(FaultKind.FullDisk) ? SmallDisk.TryCreate(out _) : null;
        using var tools = new FaultTools { ElectionTimeout = TimeSpan.FromMilliseconds(options.ElectionMs), SmallDisk = disk };
        await tools.PrepareAsync();
        using var stalls = new MachineStalls();
        await using var cluster = await EtcdCluster.StartAsync(
            options.Kinds,
            new ClusterOptions(
                options.HeartbeatMs,
                options.ElectionMs,
                ["--log-level", "info", "--snapshot-count", "500"],
                options.IsMixed ? "3.5" : null,
                PeersAreProxied: true
            ),
            member =>
            {
                tools.Attach(member);
                if (disk is not null && member.Name == "m1")
                {
                    disk.Take(member);
                }
            }
        );
        var episode = new Episode(options, cluster, tools, stalls);
        try
        {
            return await episode.RunAsync();
        }
        catch (Exception failure)
            when (failure is Violation or TimeoutException or InvalidOperationException or GrpcFailure or InvalidDataException)
        {
            var file = FailureReport.Write(options, episode._history, episode._watches, cluster, failure);
            Assert.Fail($"{failure.Message}\nseed {options.Seed}; the history is in {file}");
            throw;
        }
    }

    private IReadOnlyList<ClusterMember> Members() => _cluster.Members;

    private async Task<EpisodeResult> RunAsync()
    {
        using var stopping = new CancellationTokenSource();
        using var stoppingWatches = new CancellationTokenSource();
        var clients = Enumerable
            .Range(0, _options.Clients)
            .Select(i => Task.Run(() => new ClientLoop(_history, Members, _options.Seed + i).RunAsync(stopping.Token)))
            .Append(Task.Run(() => _leases.RunAsync(stopping.Token)))
            .ToList();
        var watches = _watches.Select(watch => Task.Run(() => watch.RunAsync(stoppingWatches.Token))).ToList();
        var nemesis = new Nemesis(_cluster, _random, _tools);
        foreach (var kind in _options.Faults)
        {
            await RoundAsync(nemesis, kind);
        }

        if (_options.UntilALeaseEnds)
        {
            await UntilAsync(() => _leases.Ended > 0, "a lease that nobody renews any more ends");
        }

        await stopping.CancelAsync();
        await Task.WhenAll(clients);
        await Task.WhenAll(_probes);
        await Task.WhenAll(_cluster.Members.Select(_cluster.WaitUntilServingAsync));
        var last = await LastRevisionAsync();
        await UntilAsync(() => _watches.TrueForAll(watch => watch.Reached >= last), $"all watches reach revision {last}");
        await stoppingWatches.CancelAsync();
        await Task.WhenAll(watches);
        return await JudgeAsync(last);
    }

    private async Task RoundAsync(Nemesis nemesis, FaultKind kind)
    {
        await Task.Delay(_random.Next(100, 600));
        var termBefore = await TermAsync(_cluster.Members);
        var strike = await nemesis.StrikeAsync(kind);
        var struckAt = Stopwatch.GetTimestamp();
        _history.Note($"fault: {kind} {strike.Detail}");
        if (strike.Able.Count != 0)
        {
            var took = await UntilServedAsync(strike.Able, struckAt);
            var stolen = _stalls.Between(struckAt, Stopwatch.GetTimestamp());
            var terms = await TermAsync(strike.Able) - termBefore;
            var recovery = new Recovery(kind, took, stolen, terms);
            _recoveries.Add(recovery);
            _history.Note($"served again after {recovery}");
            Judge(strike, recovery);
        }

        await Task.Delay(_options.Lasting + TimeSpan.FromMilliseconds(_random.Next(600)));
        await strike.Mend();
        _history.Note("mended");
        await UntilServedAsync(_cluster.Members, Stopwatch.GetTimestamp());
    }

    /// <summary>A split vote, which shows as a further term, begins another election; what the machine stood still is not the members'.</summary>
    private void Judge(Strike strike, Recovery recovery)
    {
        if (strike.ElectionTimeouts is not { } allowed)
        {
            return;
        }

        var elections = allowed + (2 * (int)Math.Max(0, (long)recovery.Terms - 1));
        var limit = TimeSpan.FromMilliseconds((long)_options.ElectionMs * elections) + recovery.Stolen;
        if (recovery.Took > limit)
        {
            throw new Violation(
                "availability",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{strike.Detail}: served again after {recovery}; allowed are {limit.TotalMilliseconds:F0}"
                )
            );
        }
    }

    /// <summary>How long after a moment the first write is acknowledged that was begun later, at any of the members.</summary>
    private async Task<TimeSpan> UntilServedAsync(IReadOnlyList<ClusterMember> members, long since)
    {
        var served = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; !served.Task.IsCompleted; i++)
        {
            if (Stopwatch.GetElapsedTime(since) > RecoveryLimit)
            {
                throw new Violation(
                    "availability",
                    $"no write is acknowledged within {RecoveryLimit} by {string.Join(',', members.Select(member => member.Name))}"
                );
            }

            _probes.Add(ProbeAsync(members[i % members.Count], since, served));
            await Task.WhenAny(served.Task, Task.Delay(ProbeInterval));
        }

        return await served.Task;
    }

    private async Task ProbeAsync(ClusterMember member, long since, TaskCompletionSource<TimeSpan> served)
    {
        var id = _history.NextId();
        var request = new PutRequest
        {
            Key = ByteString.CopyFromUtf8("probe"),
            Value = Requests.Value(id, _options.Faults.Contains(FaultKind.FullDisk) ? 100_000 : 0),
        };
        if (await _history.PutAsync(member, request, id, ProbePatience))
        {
            served.TrySetResult(Stopwatch.GetElapsedTime(since));
        }
    }

    private static async Task<ulong> TermAsync(IReadOnlyList<ClusterMember> members)
    {
        var terms = await Task.WhenAll(
            members.Select(async member =>
            {
                try
                {
                    return (await member.StatusAsync(TimeSpan.FromSeconds(1))).RaftTerm;
                }
                catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
                {
                    return 0UL;
                }
            })
        );
        return terms.Max();
    }

    private async Task<long> LastRevisionAsync()
    {
        var answer = await _cluster
            .Members[0]
            .Endpoint.Range(new RangeRequest { Key = ByteString.CopyFromUtf8("k"), CountOnly = true });
        return answer.Header.Revision;
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > RecoveryLimit)
            {
                throw new TimeoutException($"within {RecoveryLimit} it did not come to this: {what}");
            }

            await Task.Delay(20);
        }
    }

    /// <param name="last">What comes after it is of no interest: leases that end.</param>
    private async Task<EpisodeResult> JudgeAsync(long last)
    {
        await Task.WhenAll(_cluster.Members.Select(_cluster.WaitUntilServingAsync));
        var histories = new List<(string Member, IReadOnlyList<Change> Changes)>();
        foreach (var member in _cluster.Members)
        {
            var told = await Change.ReadAllAsync(member, last);
            histories.Add((member.Name, [.. told.TakeWhile(change => change.Revision <= last)]));
        }

        var reference = histories[0].Changes;
        foreach (var (member, changes) in histories)
        {
            var differs = reference.Zip(changes).FirstOrDefault(pair => !pair.First.Events.SequenceEqual(pair.Second.Events));
            if (differs.First is not null || changes.Count != reference.Count)
            {
                throw new Violation(
                    "state machine safety",
                    $"{member} tells another history than {histories[0].Member} at revision {differs.First?.Revision ?? last}"
                );
            }
        }

        var hashes = await _cluster.HashesAsync(last);
        if (hashes.DistinctBy(one => one.Hash).Count() != 1)
        {
            throw new Violation("state machine safety", $"HashKV at {last}: {string.Join(", ", hashes)}");
        }

        var check = new HistoryCheck(_history, reference);
        check.Linearizability();
        var kinds = _cluster.Members.ToDictionary(member => member.Name, member => member.Kind, StringComparer.Ordinal);
        foreach (var watch in _watches)
        {
            check.Watch([.. UpTo(watch.Deliveries, last)], name => kinds[name] == ServerKind.Real);
        }

        if (!_options.IsMixed)
        {
            // Real etcd may promise too much after a pause, see docs/differences.md.
            check.Leases(_watches.SelectMany(watch => watch.Deliveries));
        }

        return new EpisodeResult
        {
            Rounds = _options.Faults.Count,
            Calls = _history.Calls.Count,
            AnsweredWrites = check.AnsweredWrites,
            AnsweredReads = check.AnsweredReads,
            Revisions = last,
            WatchEvents = check.WatchEvents,
            WatchProgress = check.WatchProgress,
            Renewals = _leases.Renewals,
            LeasesJudged = check.LeasesJudged,
            Recoveries = _recoveries,
        };
    }

    private static IEnumerable<Delivery> UpTo(IReadOnlyList<Delivery> deliveries, long last)
    {
        foreach (var delivery in deliveries)
        {
            var events = delivery.Events.Where(one => one.Kv.ModRevision <= last).ToList();
            if (events.Count != 0 || (delivery.Events.Count == 0 && delivery.Revision <= last))
            {
                yield return delivery with
                {
                    Events = events,
                };
            }
        }
    }
}
