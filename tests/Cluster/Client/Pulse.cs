using System.Diagnostics;

namespace EtcdSharp.Cluster.Client;

/// <summary>Measures how late this process' own timers and pool threads are: so late may it learn that a lease is lost.</summary>
internal sealed class Pulse : IAsyncDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private long _latestTicks;

    public Pulse() => _running = Task.Run(RunAsync);

    /// <summary>The latest that a beat has come.</summary>
    public TimeSpan Lateness => TimeSpan.FromTicks(Interlocked.Read(ref _latestTicks));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            await Task.Delay(s_beat, CancellationToken.None);
            var late = Stopwatch.GetElapsedTime(started) - s_beat;
            Interlocked.Exchange(ref _latestTicks, Math.Max(late.Ticks, Interlocked.Read(ref _latestTicks)));
        }
    }
}
