namespace EtcdSharp.Node.Elections;

/// <summary>
/// When ticks are due: at a fixed rate from the start on. A tick that is noticed late does not push back those after it, or
/// every timeout would be longer than it says; ticks that were missed altogether are left out, or many at once would look
/// like silence of the leader.
/// </summary>
internal sealed class TickSchedule(int intervalMs)
{
    private const long NanosecondsPerMs = 1_000_000;

    private readonly long _interval = intervalMs * NanosecondsPerMs;

    public long NextNanoseconds { get; private set; }

    /// <summary>The first tick is due at once.</summary>
    public void Start(long nowNanoseconds) => NextNanoseconds = nowNanoseconds;

    /// <summary>Whether a tick is due; if so the next one is set.</summary>
    public bool Take(long nowNanoseconds)
    {
        var late = nowNanoseconds - NextNanoseconds;
        if (late < 0)
        {
            return false;
        }

        NextNanoseconds += (1 + (late / _interval)) * _interval;
        return true;
    }
}
