using System.Diagnostics;

namespace EtcdSharp.Platform;

/// <summary>The clock of the machine.</summary>
public sealed class SystemClock : IClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private SystemClock() { }

    public static SystemClock Instance { get; } = new();

    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    public long MonotonicNanoseconds
    {
        get
        {
            long ticks = Stopwatch.GetTimestamp();
            if (Stopwatch.Frequency == NanosecondsPerSecond)
            {
                return ticks;
            }

            // Seconds and the rest apart, so that the product cannot overflow however long the machine is up.
            (long seconds, long rest) = Math.DivRem(ticks, Stopwatch.Frequency);
            return (seconds * NanosecondsPerSecond) + (rest * NanosecondsPerSecond / Stopwatch.Frequency);
        }
    }
}
