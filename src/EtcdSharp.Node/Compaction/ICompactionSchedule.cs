namespace EtcdSharp.Node.Compaction;

/// <summary>Decides when history is compacted and up to which revision. Pure: time and revision are arguments.</summary>
internal interface ICompactionSchedule
{
    /// <summary>How long to wait between two looks.</summary>
    TimeSpan Interval { get; }

    /// <summary>Takes note of the newest revision as the wait begins.</summary>
    void Observe(long currentRevision);

    /// <summary>The revision to compact to now, null for none.</summary>
    long? Due(TimeSpan now, long currentRevision);

    /// <summary>The compaction is done, or was not needed any more.</summary>
    void Compacted(TimeSpan now, long revision);
}
