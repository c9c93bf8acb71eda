namespace EtcdSharp.Mvcc;

/// <summary>
/// The revisions that long reads are at. A long read holds no view of the store between two of its pieces, so that a
/// caller who reads slowly holds back neither pages of the file nor memory of write batches; instead a compaction
/// leaves alone what the reads that were there before it still need.
/// </summary>
/// <remarks>
/// The order that this rests on: a read adds its pin, then looks at the compacted revision; a compaction raises the
/// compacted revision, then looks at the pins. One of the two sees the other.
/// </remarks>
internal sealed class RangePins
{
    private readonly Lock _gate = new();
    private readonly List<RangePin> _pins = [];

    public RangePin Add(long revision)
    {
        var pin = new RangePin(revision);
        lock (_gate)
        {
            _pins.Add(pin);
        }

        return pin;
    }

    public void Remove(RangePin pin)
    {
        lock (_gate)
        {
            _pins.Remove(pin);
        }
    }

    public bool AnyBelow(long revision)
    {
        lock (_gate)
        {
            foreach (var pin in _pins)
            {
                if (pin.Revision < revision && !pin.IsLost)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Takes the hold from the reads below a revision. They notice before they give out what they have read since.</summary>
    public void LoseBelow(long revision)
    {
        lock (_gate)
        {
            foreach (var pin in _pins)
            {
                if (pin.Revision < revision)
                {
                    pin.Lose();
                }
            }
        }
    }
}
