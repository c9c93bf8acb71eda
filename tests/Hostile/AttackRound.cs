using System.Diagnostics;

namespace EtcdSharp.Hostile;

/// <summary>
/// One member, a well-behaved client that puts throughout, and an attack: <see cref="RunAsync"/> measures the quiet values,
/// lets the attack do its worst, and fails where the others had to pay for it or the member did not get over it.
/// </summary>
internal sealed class AttackRound : IAsyncDisposable
{
    /// <summary>A 99th percentile needs some hundred values.</summary>
    private const int PutsMin = 300;

    /// <summary>About as often as the steady client puts while nobody disturbs it.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(5);

    /// <summary>For what must happen soon on a machine that others use too: an event is waited for, never a time.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly AttackLimits _limits;
    private readonly MachineStalls _stalls = new();
    private readonly SteadyClient _client;

    private AttackRound(EtcdServer server, AttackLimits limits, IReadOnlyDictionary<string, string> metadata)
    {
        Server = server;
        _limits = limits;
        _client = new SteadyClient(server.Address, metadata);
    }

    public EtcdServer Server { get; }

    /// <summary>Starts a member and its steady client. Skips where real etcd is asked for and is not here.</summary>
    /// <param name="kind">Ours or the reference.</param>
    /// <param name="options">How the member is started.</param>
    /// <param name="limits">Where they are not the usual ones.</param>
    /// <param name="prepare">Done before the client begins; gives the headers of its puts, a token for instance.</param>
    public static async Task<AttackRound> StartAsync(
        ServerKind kind,
        ServerOptions? options = null,
        AttackLimits? limits = null,
        Func<EtcdServer, Task<IReadOnlyDictionary<string, string>>>? prepare = null
    )
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var server = await EtcdServer.StartAsync(kind, options);
        try
        {
            var metadata = prepare is null ? new Dictionary<string, string>(StringComparer.Ordinal) : await prepare(server);
            return new AttackRound(server, limits ?? new AttackLimits(), metadata);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The attack's own failures are the test's; what it leaves behind for the others is looked at when it has returned.</summary>
    public async Task RunAsync(Func<Task> attack)
    {
        // The first puts find code that is not compiled yet, and memory that is not there yet.
        await WaitForPutsAsync(PutsMin);
        var (quietFrom, quietTo) = await WaitForPutsAsync(PutsMin);
        var quietResident = ResidentMemory.BytesOf(Server.ProcessId);
        var quiet = Percentile(quietFrom, quietTo);

        var from = Stopwatch.GetTimestamp();
        await attack();
        var (_, to) = await WaitForPutsAsync(PutsMin, from);
        var during = Percentile(from, to);
        var peak = ResidentMemory.BytesOf(Server.ProcessId);
        var resident = await WaitForMemoryAsync(quietResident + _limits.ResidentGrowthMax);

        var told =
            $"{Server.Kind}: p99 of puts {quiet.TotalMilliseconds:F1} ms quiet, {during.TotalMilliseconds:F1} ms under attack; "
            + $"resident {Megabytes(quietResident)} MB quiet, {Megabytes(peak)} MB when the attack ended, {Megabytes(resident)} MB after";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        var bound = Max(quiet * _limits.LatencyFactorMax, _limits.LatencyFloor);
        Assert.True(during <= bound, $"the puts of others waited: {told}, {bound.TotalMilliseconds:F0} ms are allowed");
        Assert.True(resident <= quietResident + _limits.ResidentGrowthMax, $"memory did not come back: {told}");
    }

    /// <summary>Returns when the steady client has put so many more times.</summary>
    public Task PutsAsync(int count) => WaitForPutsAsync(count);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _stalls.Dispose();
        await Server.DisposeAsync();
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static long Megabytes(long bytes) => bytes / (1024 * 1024);

    private async Task<(long From, long To)> WaitForPutsAsync(int count, long? since = null)
    {
        var from = since ?? Stopwatch.GetTimestamp();
        var waiting = Stopwatch.GetTimestamp();
        while (_client.CountSince(from) < count)
        {
            Alive();
            Assert.True(Stopwatch.GetElapsedTime(waiting) < s_patience, $"no {count} puts in {s_patience}\n{Server.Output}");
            await Task.Delay(10);
        }

        Alive();
        return (from, Stopwatch.GetTimestamp());
    }

    private void Alive()
    {
        Assert.False(Server.HasExited, $"{Server.Kind} has ended:\n{Server.Output}");
        Assert.True(_client.Failure is null, $"the puts ended: {_client.Failure}\n{Server.Output}");
    }

    private async Task<long> WaitForMemoryAsync(long bytesMax)
    {
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            Alive();
            var resident = ResidentMemory.BytesOf(Server.ProcessId);
            if (resident <= bytesMax || Stopwatch.GetElapsedTime(from) > s_patience)
            {
                return resident;
            }

            await Task.Delay(100);
        }
    }

    /// <summary>
    /// The 99th percentile of the puts, without what the machine itself took from everybody on it. A client that waits for one
    /// put sends no others meanwhile, which would have waited too: they are counted as if they had been sent at the usual pace.
    /// </summary>
    private TimeSpan Percentile(long from, long to)
    {
        var waited = new List<TimeSpan>();
        foreach (var put in _client.Between(from, to))
        {
            var latency = Stopwatch.GetElapsedTime(put.From, put.To) - _stalls.Between(put.From, put.To);
            do
            {
                waited.Add(latency);
                latency -= s_pace;
            } while (latency > TimeSpan.Zero);
        }

        waited.Sort();
        return waited[(int)(waited.Count * 0.99)];
    }
}
