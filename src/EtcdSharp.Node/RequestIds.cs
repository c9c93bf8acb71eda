using EtcdSharp.Node.Proposals;

namespace EtcdSharp.Node;

/// <summary>
/// Ids that no two requests of a cluster share: two bytes of the member id, five of the start time in milliseconds,
/// one of a counter that may run over into the time. A restarted member starts after its earlier ids as long as it
/// took fewer than 256 requests per millisecond on average.
/// </summary>
internal sealed class RequestIds(ulong memberId, DateTimeOffset start)
{
    private const int TimeBits = 40;
    private const int CounterBits = 8;
    private const int SuffixBits = TimeBits + CounterBits;
    private const ulong SuffixMask = (1UL << SuffixBits) - 1;

    private readonly ulong _prefix = memberId << SuffixBits;
    private ulong _suffix = ((ulong)start.ToUnixTimeMilliseconds() & ((1UL << TimeBits) - 1)) << CounterBits;

    /// <summary>The next id; never 0. Any thread.</summary>
    public ulong Next()
    {
        while (true)
        {
            var id = _prefix | (Interlocked.Increment(ref _suffix) & SuffixMask);
            if (id > PendingRequest.LastReservedKey)
            {
                return id;
            }
        }
    }
}
