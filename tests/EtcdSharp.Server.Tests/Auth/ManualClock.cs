using EtcdSharp.Platform;

namespace EtcdSharp.Server.Tests.Auth;

/// <summary>Stands still until it is told to go on.</summary>
internal sealed class ManualClock : IClock
{
    public DateTimeOffset UtcNow { get; private set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public long MonotonicNanoseconds { get; private set; } = 5_000_000_000;

    public void Advance(TimeSpan time)
    {
        UtcNow += time;
        MonotonicNanoseconds += time.Ticks * TimeSpan.NanosecondsPerTick;
    }
}
