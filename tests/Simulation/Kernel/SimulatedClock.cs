using EtcdSharp.Platform;

namespace EtcdSharp.Simulation.Kernel;

/// <summary>A member's clock: it runs a little faster or slower than true time, and its wall clock is off.</summary>
internal sealed class SimulatedClock(World world, double rate, long offsetNanoseconds) : IClock
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset UtcNow => Epoch + TimeSpan.FromTicks((MonotonicNanoseconds + offsetNanoseconds) / 100);

    public long MonotonicNanoseconds => (long)(world.Now * rate) + 1_000_000_000;

    /// <summary>How much true time passes while this clock advances by a duration.</summary>
    public long ToTrue(long nanoseconds) => (long)(nanoseconds / rate);
}
