namespace EtcdSharp.Client;

/// <summary>Growing pauses between tries, with a spread so that many clients do not come back at the same moment.</summary>
internal struct Backoff
{
    private const int FirstMs = 25;
    private const int MsMax = 1000;

    private int times;

    public void Reset() => times = 0;

    public TimeSpan Next()
    {
        var pauseMs = Math.Min(FirstMs << Math.Min(times++, 6), MsMax);
        return TimeSpan.FromMilliseconds(pauseMs * (0.75 + Random.Shared.NextDouble() / 2));
    }
}
