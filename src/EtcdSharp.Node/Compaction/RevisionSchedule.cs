namespace EtcdSharp.Node.Compaction;

/// <summary>Keeps a number of revisions: compacts to the newest less that number, every five minutes.</summary>
internal sealed class RevisionSchedule(long retention) : ICompactionSchedule
{
    private long _lastRevision;

    public TimeSpan Interval { get; } = TimeSpan.FromMinutes(5);

    public void Observe(long currentRevision) { }

    public long? Due(TimeSpan now, long currentRevision)
    {
        var revision = currentRevision - retention;
        return revision > 0 && revision != _lastRevision ? revision : null;
    }

    public void Compacted(TimeSpan now, long revision) => _lastRevision = revision;
}
