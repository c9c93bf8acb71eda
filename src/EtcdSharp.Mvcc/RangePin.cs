namespace EtcdSharp.Mvcc;

/// <summary>The hold of one long read on the revision it reads at; see <see cref="RangePins"/>.</summary>
internal sealed class RangePin(long revision)
{
    private bool _isLost;

    public long Revision { get; } = revision;

    /// <summary>True once a compaction has waited long enough: what was read since may have holes.</summary>
    public bool IsLost => Volatile.Read(ref _isLost);

    public void Lose() => Volatile.Write(ref _isLost, true);
}
