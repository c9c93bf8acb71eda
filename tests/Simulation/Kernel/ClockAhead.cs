using EtcdSharp.Platform;

namespace EtcdSharp.Simulation.Kernel;

/// <summary>A clock that is ahead of another one.</summary>
internal sealed class ClockAhead(IClock clock, long nanoseconds) : IClock
{
    public DateTimeOffset UtcNow => clock.UtcNow;

    public long MonotonicNanoseconds => clock.MonotonicNanoseconds + nanoseconds;
}
