using System.Diagnostics;

namespace EtcdSharp.Bench.Report;

/// <summary>What one worker measured for one kind of request. One writer; the totals may be read from elsewhere meanwhile.</summary>
internal sealed class SeriesResult(string name)
{
    private const int StatusCodes = 17;

    private readonly List<long> _perSecond = [];
    private long _countFrom = long.MaxValue;
    private long _done;

    public string Name { get; } = name;

    public LatencyHistogram Latency { get; } = new();

    /// <summary>Answers by gRPC status.</summary>
    public long[] ByStatus { get; } = new long[StatusCodes];

    public long Bytes { get; private set; }

    /// <summary>All answers so far, those before the measured time included.</summary>
    public long Done => Volatile.Read(ref _done);

    public IReadOnlyList<long> PerSecond => _perSecond;

    public void Begin(long countFrom) => _countFrom = countFrom;

    public void Add(long now, long nanoseconds, long bytes, int status = 0)
    {
        Volatile.Write(ref _done, _done + 1);
        if (now < _countFrom)
        {
            return;
        }
        Latency.Add(nanoseconds);
        Bytes += bytes;
        ByStatus[status is >= 0 and < StatusCodes ? status : 2]++;
        var second = (int)((now - _countFrom) / Stopwatch.Frequency);
        while (_perSecond.Count <= second)
        {
            _perSecond.Add(0);
        }
        _perSecond[second]++;
    }

    public void Merge(SeriesResult other)
    {
        Latency.Add(other.Latency);
        Bytes += other.Bytes;
        for (var i = 0; i < StatusCodes; i++)
        {
            ByStatus[i] += other.ByStatus[i];
        }
        for (var i = 0; i < other._perSecond.Count; i++)
        {
            if (i == _perSecond.Count)
            {
                _perSecond.Add(0);
            }
            _perSecond[i] += other._perSecond[i];
        }
    }
}
