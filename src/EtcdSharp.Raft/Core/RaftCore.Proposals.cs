using EtcdSharp.Raft.Log;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft.Core;

/// <summary>New entries: only a leader takes them, a follower sends them to it.</summary>
internal sealed partial class RaftCore
{
    /// <summary>Bytes of data of entries in a leader's log that are not applied yet.</summary>
    private ulong _uncommittedBytes;

    private ulong MaxUncommittedBytes =>
        _options.MaxUncommittedEntriesSize == 0 ? RaftConfig.NoLimit : _options.MaxUncommittedEntriesSize;

    /// <summary>Proposes entries of which only type and data are set.</summary>
    public StepResult Propose(ReadOnlySpan<Entry> entries)
    {
        if (Role == RaftRole.Leader)
        {
            return ProposeAsLeader(entries);
        }

        return Step(
            new Message
            {
                Type = MessageType.MsgProp,
                From = Id,
                Entries = entries.ToArray(),
            }
        );
    }

    private StepResult ProposeAsLeader(ReadOnlySpan<Entry> entries)
    {
        if (entries.IsEmpty)
        {
            _logger.Error("a proposal without entries was dropped");
            return StepResult.ProposalDropped;
        }

        // A leader that was removed stays until the others know, but it takes nothing new.
        if (!_progress.Contains(Id))
        {
            return StepResult.ProposalDropped;
        }

        if (LeadTransferee != RaftIds.None)
        {
            _logger.Debug($"{Id:x} [term {Term}] transfer leadership to {LeadTransferee:x} is in progress; dropping proposal");
            return StepResult.ProposalDropped;
        }

        var pendingConfIndex = _pendingConfIndex;
        if (HasConfChange(entries))
        {
            var admitted = entries.ToArray();
            if (!TryAdmitConfChanges(admitted, ref pendingConfIndex))
            {
                return StepResult.ProposalDropped;
            }

            entries = admitted;
        }

        if (!TryAppendOwn(entries))
        {
            return StepResult.ProposalDropped;
        }

        _pendingConfIndex = pendingConfIndex;
        BroadcastAppend();
        return StepResult.Ok;
    }

    /// <summary>Appends entries of this leader's term, unless too much is uncommitted already.</summary>
    private bool TryAppendOwn(ReadOnlySpan<Entry> entries)
    {
        // Something is always let through when nothing is uncommitted, and entries without data at any time: a leader
        // must be able to begin its term and to leave a joint configuration.
        var bytes = EntrySizes.Payload(entries);
        if (_uncommittedBytes > 0 && bytes > 0 && _uncommittedBytes + bytes > MaxUncommittedBytes)
        {
            _logger.Warning($"{Id:x} appending new entries to log would exceed uncommitted entry size limit; dropping proposal");
            return false;
        }

        _uncommittedBytes += bytes;
        var index = Log.LastIndex;
        Log.Unstable.MakeRoom(entries.Length);
        foreach (ref readonly var entry in entries)
        {
            index++;
            Log.AppendNext(new Entry(entry.Type, Term, index, entry.Data));
        }

        Trace(RaftTraceEvent.Replicate);

        // The leader counts itself only when its own disk has the entries (Raft thesis, section 10.2.1).
        Send(NewMessage(MessageType.MsgAppResp, Id, index));
        return true;
    }

    /// <summary>Entries of former leaders were not counted, so more may be taken off than was put on.</summary>
    private void ReduceUncommittedBytes(ulong bytes) => _uncommittedBytes -= Math.Min(bytes, _uncommittedBytes);

    /// <summary>
    /// Replaces changes that must not be proposed now by empty entries: whoever waits for one sees its index pass. False
    /// when a change cannot be read at all.
    /// </summary>
    private bool TryAdmitConfChanges(Span<Entry> entries, ref ulong pendingConfIndex)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Type == EntryType.Normal)
            {
                continue;
            }

            if (!TryReadConfChange(entries[i], out var change))
            {
                _logger.Warning($"{Id:x} dropping a proposed configuration change that cannot be decoded");
                return false;
            }

            if (FindObjection(change, pendingConfIndex) is { } objection && !_options.DisableConfChangeValidation)
            {
                _logger.Info($"{Id:x} ignoring conf change {change} at config {_config}: {objection}");
                entries[i] = default;
            }
            else
            {
                pendingConfIndex = Log.LastIndex + (ulong)i + 1;
                Trace(RaftTraceEvent.ChangeConf);
            }
        }

        return true;
    }

    /// <summary>At most one change may be under way (Raft thesis, section 4.1), and a joint configuration comes with its own end.</summary>
    private string? FindObjection(ConfChangeV2 change, ulong pendingConfIndex)
    {
        if (pendingConfIndex > Log.Applied)
        {
            return $"possible unapplied conf change at index {pendingConfIndex} (applied to {Log.Applied})";
        }

        var leaves = change.Changes.Count == 0;
        if (_config.Voters.IsJoint && !leaves)
        {
            return "must transition out of joint config first";
        }

        return !_config.Voters.IsJoint && leaves ? "not in joint state; refusing empty conf change" : null;
    }

    private static bool HasConfChange(ReadOnlySpan<Entry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Type != EntryType.Normal)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryReadConfChange(
        in Entry entry,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConfChangeV2? change
    )
    {
        if (entry.Type == EntryType.ConfChangeV2)
        {
            return RaftWire.TryDecode(entry.Data, out change);
        }

        change = RaftWire.TryDecode(entry.Data, out ConfChange? single) ? single.AsV2() : null;
        return change is not null;
    }
}
