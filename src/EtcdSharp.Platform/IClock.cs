namespace EtcdSharp.Platform;

/// <summary>The time. Durations are measured with <see cref="MonotonicNanoseconds"/>, which never goes back.</summary>
public interface IClock
{
    DateTimeOffset UtcNow { get; }

    /// <summary>Nanoseconds since some fixed moment of this process.</summary>
    long MonotonicNanoseconds { get; }
}
