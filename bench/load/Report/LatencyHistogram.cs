using System.Numerics;

namespace EtcdSharp.Bench.Report;

/// <summary>
/// Counts of durations in buckets that grow with the value: 64 per power of two, so that a bucket's bounds lie at most
/// 1.6 % apart. One writer.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;

    // 2^45 ns are almost ten hours; whatever takes longer counts in the last bucket.
    private const int MaxBits = 45;

    private readonly long[] _counts = new long[(MaxBits - StepBits + 2) * Steps];
    private double _sum;

    public long Count { get; private set; }

    public long Max { get; private set; }

    public long Min { get; private set; } = long.MaxValue;

    public double Mean => Count == 0 ? 0 : _sum / Count;

    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        _counts[Math.Min(IndexOf(nanoseconds), _counts.Length - 1)]++;
        Count++;
        _sum += nanoseconds;
        Max = Math.Max(Max, nanoseconds);
        Min = Math.Min(Min, nanoseconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
        Count += other.Count;
        _sum += other._sum;
        Max = Math.Max(Max, other.Max);
        Min = Math.Min(Min, other.Min);
    }

    /// <summary>The duration below which the given share (0 to 1) lies: the upper bound of its bucket.</summary>
    public long Quantile(double share)
    {
        var rank = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(LowerBound(i + 1), Max);
            }
        }
        return Max;
    }

    /// <summary>The buckets that hold anything: lower bound, upper bound, count.</summary>
    public IEnumerable<(long From, long To, long Count)> Buckets()
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] != 0)
            {
                yield return (LowerBound(i), LowerBound(i + 1), _counts[i]);
            }
        }
    }

    private static int IndexOf(long value)
    {
        // Below the number of steps each value has a bucket of its own.
        var bits = BitOperations.Log2((ulong)value | (Steps - 1)) - StepBits + 1;
        return bits <= 0 ? (int)value : (bits << StepBits) + (int)(value >> (bits - 1)) - Steps;
    }

    private static long LowerBound(int index)
    {
        var bits = index >> StepBits;
        return bits == 0 ? index : (long)((index & (Steps - 1)) + Steps) << (bits - 1);
    }
}
