namespace EtcdSharp.Node.Compaction;

/// <summary>
/// Keeps the history of a period: notes the revision ten times per period (or hour, for longer ones) and compacts to
/// the note that is one period old, at most once per period or hour. A failed compaction is tried again at the next
/// note.
/// </summary>
internal sealed class PeriodicSchedule : ICompactionSchedule
{
    /// <summary>Notes per period.</summary>
    private const int Divisor = 10;

    private static readonly TimeSpan CompactionIntervalMax = TimeSpan.FromHours(1);

    /// <summary>Notes are not taken more often: a period of less than ten of these would be all work and no history.</summary>
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(1);

    private readonly Queue<long> _notes = new();
    private readonly TimeSpan _compactionInterval;
    private readonly int _notesMax;
    private TimeSpan _nextInterval;
    private TimeSpan _lastSuccess;
    private long _lastRevision;

    public PeriodicSchedule(TimeSpan period, TimeSpan now)
    {
        _compactionInterval = period < CompactionIntervalMax ? period : CompactionIntervalMax;
        Interval = _compactionInterval / Divisor is var interval && interval > IntervalMin ? interval : IntervalMin;
        _notesMax = (int)Math.Min(period.Ticks / Interval.Ticks, int.MaxValue - 1) + 1;
        _nextInterval = period;
        _lastSuccess = now;
    }

    public TimeSpan Interval { get; }

    public void Observe(long currentRevision)
    {
        _notes.Enqueue(currentRevision);
        if (_notes.Count > _notesMax)
        {
            _notes.Dequeue();
        }
    }

    public long? Due(TimeSpan now, long currentRevision)
    {
        var revision = _notes.Peek();
        if (now - _lastSuccess < _nextInterval || revision == _lastRevision)
        {
            return null;
        }

        _nextInterval = _compactionInterval;
        return revision;
    }

    public void Compacted(TimeSpan now, long revision)
    {
        _lastRevision = revision;
        _lastSuccess = now;
    }
}
