namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// The last revisions, kept while watchers catch up, so that the last step from the history to the present can be
/// taken at the gate, where no new revision can slip between them.
/// </summary>
internal sealed class RecentEvents
{
    /// <summary>A chunk of history is read in about a millisecond, in which some tens of revisions come in.</summary>
    public const int RevisionsMax = 256;

    /// <summary>With values of one mebibyte the last step covers one or two revisions, which is as fast as they can come.</summary>
    public const int BytesMax = 2 * 1024 * 1024;

    private readonly Queue<EventBatch> _batches = new();
    private long _bytes;

    public bool IsOn { get; private set; }

    public IReadOnlyCollection<EventBatch> Batches => _batches;

    public void TurnOn() => IsOn = true;

    public void TurnOff()
    {
        IsOn = false;
        _batches.Clear();
        _bytes = 0;
    }

    public void Add(EventBatch batch)
    {
        _batches.Enqueue(batch);
        _bytes += batch.ByteCount;
        while (_batches.Count > RevisionsMax || (_bytes > BytesMax && _batches.Count > 1))
        {
            _bytes -= _batches.Dequeue().ByteCount;
        }
    }

    /// <summary>Whether every revision from this one to the newest is here.</summary>
    public bool Covers(long revision) => _batches.TryPeek(out var first) && first.RevisionOf(0) <= revision;
}
