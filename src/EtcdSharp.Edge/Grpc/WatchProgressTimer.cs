using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Edge.Grpc;

/// <summary>Ticks for the watches of one stream that asked for progress; does not exist for streams where none did.</summary>
internal sealed class WatchProgressTimer(WatchStream stream, WatchServiceOptions options) : IDisposable
{
    private ITimer? _timer;

    public void Start()
    {
        if (_timer is not null)
        {
            return;
        }

        var interval =
            options.ProgressInterval < WatchServiceOptions.ProgressIntervalMin
                ? WatchServiceOptions.ProgressIntervalMin
                : options.ProgressInterval;
        var jitter = TimeSpan.FromTicks((long)(options.Randomness.NextUInt64() % (ulong)(interval.Ticks / 10)));
        _timer = options.Time.CreateTimer(
            static state => ((WatchStream)state!).TickProgress(),
            stream,
            interval + jitter,
            interval + jitter
        );
    }

    public void Dispose() => _timer?.Dispose();
}
