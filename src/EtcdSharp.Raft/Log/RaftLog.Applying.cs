namespace EtcdSharp.Raft.Log;

/// <summary>How far committed entries are on their way through the state machine above.</summary>
internal sealed partial class RaftLog
{
    private readonly ulong _maxApplyingBytes;

    /// <summary>Bytes of entries handed out and not reported as applied.</summary>
    private ulong _applyingBytes;

    /// <summary>
    /// Nothing more is handed out until something is applied: the limit is reached, or the last batch was cut and what
    /// follows must not overtake the limit.
    /// </summary>
    private bool _isApplyingPaused;

    /// <summary>The highest index handed out for applying.</summary>
    public ulong Applying { get; private set; }

    public ulong Applied { get; private set; }

    /// <summary>Entries must not be applied over a snapshot that is still to be installed.</summary>
    public bool HasNextOrInProgressSnapshot => Unstable.Snapshot is not null;

    public bool HasNextCommitted(bool allowUnstable) =>
        !_isApplyingPaused && !HasNextOrInProgressSnapshot && Applying < MaxAppliable(allowUnstable);

    /// <param name="allowUnstable">Entries may be applied before storage acknowledged them: the caller stores first.</param>
    public ReadOnlyMemory<Entry> NextCommitted(bool allowUnstable)
    {
        if (!HasNextCommitted(allowUnstable))
        {
            return default;
        }

        var read = TrySlice(Applying + 1, MaxAppliable(allowUnstable) + 1, _maxApplyingBytes - _applyingBytes, out var entries);
        return read == StorageRead.Ok
            ? entries
            : throw new RaftInvariantException($"committed entries from {Applying + 1} on cannot be read: {read}");
    }

    public void AcceptApplying(ulong index, ulong bytes, bool allowUnstable)
    {
        if (Committed < index)
        {
            throw new RaftInvariantException($"applying({index}) is out of range [applying({Applying}), committed({Committed})]");
        }

        Applying = index;
        _applyingBytes += bytes;
        _isApplyingPaused = _applyingBytes >= _maxApplyingBytes || index < MaxAppliable(allowUnstable);
    }

    public void AppliedTo(ulong index, ulong bytes)
    {
        if (Committed < index || index < Applied)
        {
            throw new RaftInvariantException($"applied({index}) is out of range [applied({Applied}), committed({Committed})]");
        }

        Applied = index;
        Applying = Math.Max(Applying, index);
        _applyingBytes = _applyingBytes > bytes ? _applyingBytes - bytes : 0;
        _isApplyingPaused = _applyingBytes >= _maxApplyingBytes;
    }

    /// <summary>True when an entry that is committed and not yet applied changes the configuration.</summary>
    public bool HasUnappliedConfChange()
    {
        var low = Applied + 1;
        var high = Committed + 1;
        while (low < high)
        {
            var read = TrySlice(low, high, _maxApplyingBytes, out var page);
            if (read != StorageRead.Ok || page.IsEmpty)
            {
                throw new RaftInvariantException($"unapplied entries [{low},{high}) cannot be read: {read}");
            }

            foreach (ref readonly var entry in page.Span)
            {
                if (entry.Type != EntryType.Normal)
                {
                    return true;
                }
            }

            low += (ulong)page.Length;
        }

        return false;
    }

    private ulong MaxAppliable(bool allowUnstable) => allowUnstable ? Committed : Math.Min(Committed, Unstable.Offset - 1);
}
