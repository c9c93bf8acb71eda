using EtcdSharp.Grpc.Server;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// Decides when a client pings too often, by grpc-go's rules: a ping that follows the one before too closely is a strike; anything the
/// server sends in between takes all strikes back; the third strike is one too many.
/// </summary>
/// <remarks><see cref="Ping"/> is called by the one reader of the connection, everything else by any thread.</remarks>
internal sealed class PingGuard(KeepAlivePolicy policy) : IGrpcConnection
{
    private const int StrikesMax = 2;

    /// <summary>The pause that grpc-go asks of a client that has no call running, and so no reason to ping at all.</summary>
    private static readonly TimeSpan IdlePauseMin = TimeSpan.FromHours(2);

    private readonly long busyPauseMs = (long)policy.MinTime.TotalMilliseconds;
    private readonly long idlePauseMs = (long)(policy.PermitWithoutStream ? policy.MinTime : IdlePauseMin).TotalMilliseconds;
    private long? lastPingMs;
    private int strikes;
    private int calls;
    private int wrote;

    public void CallStarted() => Interlocked.Increment(ref calls);

    public void CallEnded() => Interlocked.Decrement(ref calls);

    public void Wrote()
    {
        // Nearly always set already: looking first keeps the cache line shared among the writers.
        if (Volatile.Read(ref wrote) == 0)
        {
            Volatile.Write(ref wrote, 1);
        }
    }

    /// <summary>The client has sent a ping that is no answer. False: one too many.</summary>
    public bool Ping(long nowMs)
    {
        long? previousMs = lastPingMs;
        lastPingMs = nowMs;
        if (Interlocked.Exchange(ref wrote, 0) == 1)
        {
            strikes = 0;
            return true;
        }

        long pauseMs = Volatile.Read(ref calls) == 0 ? idlePauseMs : busyPauseMs;
        if (previousMs is { } previous && previous + pauseMs > nowMs)
        {
            strikes++;
        }

        return strikes <= StrikesMax;
    }
}
