using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Cluster.Clients;

/// <summary>Writers that never stop, each at any member that takes its write, and that know what was acknowledged.</summary>
internal sealed class WriteLoad : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly EtcdCluster _cluster;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, string> _acknowledged = new(StringComparer.Ordinal);
    private readonly List<Task> _writers;
    private readonly int _keysEach;
    private volatile ClusterMember? _avoided;
    private long _count;
    private long _longestGapTicks;
    private long _lastTimestamp = Stopwatch.GetTimestamp();
    private long _lastRevision;

    /// <param name="keysEach">Keys that a writer goes round; a value is overwritten by the next round.</param>
    /// <param name="pause">Between two writes of one writer.</param>
    public WriteLoad(EtcdCluster cluster, int writers, int keysEach, TimeSpan pause)
    {
        _cluster = cluster;
        _keysEach = keysEach;
        _writers = [.. Enumerable.Range(0, writers).Select(number => Task.Run(() => WriteAsync(number, pause)))];
    }

    /// <summary>A member that clients do not turn to, as it does not serve: they would wait for it instead of writing.</summary>
    public ClusterMember? Avoided
    {
        get => _avoided;
        set => _avoided = value;
    }

    /// <summary>Writes acknowledged so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    public long LastRevision => Interlocked.Read(ref _lastRevision);

    /// <summary>The longest time in which no write was acknowledged.</summary>
    public TimeSpan LongestGap => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestGapTicks));

    public async Task UntilCountAsync(long count, TimeSpan within)
    {
        var started = Stopwatch.GetTimestamp();
        while (Count < count)
        {
            Assert.True(
                Stopwatch.GetElapsedTime(started) < within,
                $"{Count} of {count} writes within {within}\n{_cluster.Output()}"
            );
            await Task.Delay(20);
        }
    }

    /// <summary>Writes per second over some time from now on.</summary>
    public async Task<double> RateAsync(TimeSpan over)
    {
        var (before, started) = (Count, Stopwatch.GetTimestamp());
        await Task.Delay(over);
        return (Count - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Ends the load; nothing that was acknowledged is missing at any member, and all hold the same.</summary>
    public async Task StopAndVerifyAsync(params long[] revisions)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_writers);
        foreach (var member in _cluster.Members)
        {
            await _cluster.WaitUntilServingAsync(member);
            var found = (
                await member.Endpoint.Range(
                    new RangeRequest { Key = ByteString.CopyFromUtf8("w/"), RangeEnd = ByteString.CopyFromUtf8("w0") }
                )
            ).Kvs.ToDictionary(pair => pair.Key.ToStringUtf8(), pair => pair.Value.ToStringUtf8(), StringComparer.Ordinal);
            foreach (var (key, value) in _acknowledged)
            {
                Assert.True(found.TryGetValue(key, out var stored), $"{key} is acknowledged and not at {member.Name}");
                Assert.True(Number(stored) >= Number(value), $"{key} is {stored} at {member.Name}; {value} is acknowledged");
            }
        }

        foreach (var revision in (long[])[.. revisions.Where(revision => revision > 1), LastRevision])
        {
            var hashes = await _cluster.HashesAsync(revision);
            Assert.True(hashes.DistinctBy(one => one.Hash).Count() == 1, $"HashKV at {revision}: {string.Join(", ", hashes)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_writers);
        _stopping.Dispose();
    }

    private static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    private async Task WriteAsync(int writer, TimeSpan pause)
    {
        var random = new Random(writer);
        for (var number = 0L; !_stopping.IsCancellationRequested; number++)
        {
            var key = $"w/{writer:D3}/{number % _keysEach:D6}";
            var value = number.ToString(CultureInfo.InvariantCulture);
            var members = _cluster.Members.Where(member => member.IsRunning && member != _avoided).ToArray();
            var member = members[random.Next(members.Length)];
            var request = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) };
            using var limit = new CancellationTokenSource(s_patience);
            try
            {
                var response = await member.Endpoint.Call<PutResponse>("/etcdserverpb.KV/Put", request, limit.Token);
                _acknowledged[key] = value;
                Acknowledged(response.Header.Revision);
            }
            catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
            {
                // It may have been written or not; the next write goes somewhere else.
                await Task.Delay(20, CancellationToken.None);
            }

            if (pause != TimeSpan.Zero)
            {
                await Task.Delay(pause, CancellationToken.None);
            }
        }
    }

    private void Acknowledged(long revision)
    {
        Interlocked.Increment(ref _count);
        var now = Stopwatch.GetTimestamp();
        var gap = now - Interlocked.Exchange(ref _lastTimestamp, now);
        for (
            var longest = Interlocked.Read(ref _longestGapTicks);
            gap > longest;
            longest = Interlocked.Read(ref _longestGapTicks)
        )
        {
            Interlocked.CompareExchange(ref _longestGapTicks, gap, longest);
        }

        for (var last = LastRevision; revision > last; last = LastRevision)
        {
            Interlocked.CompareExchange(ref _lastRevision, revision, last);
        }
    }
}
