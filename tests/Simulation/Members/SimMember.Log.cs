using EtcdSharp.Raft;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part stands in for the log writer and the apply loop: what raft hands out is stored and applied, in order, later.</summary>
internal sealed partial class SimMember
{
    private readonly Queue<Message> _appends = new();
    private readonly Queue<Message> _applies = new();
    private bool _appendScheduled;
    private bool _applyScheduled;
    private bool _compactionScheduled;

    private void ForgetWork()
    {
        _appends.Clear();
        _applies.Clear();
        _appendScheduled = false;
        _applyScheduled = false;
        _compactionScheduled = false;
        _snapshotUnderWay = false;
        _catchUpScheduled = false;
        _isPumping = false;
    }

    private void AddAppend(Message message)
    {
        if (World.Defect is Defect.AckBeforeSync or Defect.OwnAckBeforeSync)
        {
            AnswerTooEarly(ref message);
        }

        _appends.Enqueue(message);
        if (!_appendScheduled)
        {
            _appendScheduled = true;
            After(DiskDelay(), Append);
        }
    }

    private long DiskDelay()
    {
        var delay = Shape.Millisecond / 2 + World.DiskRandom.Next(World.DiskRandom.Next(40) == 0 ? 40_000_000 : 3_000_000);
        return Clock.ToTrue(delay + DiskFaults.SlowNanoseconds);
    }

    /// <summary>Everything that came while the last batch was under way is one batch: one write, one sync, then the answers.</summary>
    private void Append()
    {
        _appendScheduled = false;
        Message[] batch = [.. _appends];
        _appends.Clear();
        foreach (var message in batch)
        {
            if (message.Snapshot is { } snapshot)
            {
                _snap.Save(snapshot);
                _wal.SaveSnapshot(WalSnapshotMark.Of(snapshot.Metadata));
            }

            var state = message.HardState;
            if (World.Defect == Defect.VoteNotStored && !state.IsEmpty)
            {
                state = new HardState(1, 0, state.Commit);
            }

            _wal.Append(state, message.Entries.Span);
        }

        if (Array.Exists(batch, message => message.Snapshot is not null) && World.Defect != Defect.SnapshotCommitNotSynced)
        {
            // A start takes a recorded snapshot for valid only when the commit index has reached it.
            _wal.Sync();
        }

        _wal.Flush();
        foreach (var message in batch)
        {
            if (message.Snapshot is { } snapshot)
            {
                Install(snapshot);
            }

            if (World.Defect != Defect.OwnAckBeforeSync || message.Snapshot is not null)
            {
                MakeReadable(message);
            }
        }

        foreach (var message in batch)
        {
            PassBack(message.Responses.Span);
        }

        Pump();
    }

    private void MakeReadable(Message message)
    {
        if (!message.HardState.IsEmpty)
        {
            _storage.SetHardState(message.HardState);
        }

        _storage.Append(message.Entries.Span);
    }

    private void PassBack(ReadOnlySpan<Message> responses)
    {
        foreach (var response in responses)
        {
            if (response.To == Id)
            {
                Node.Step(response);
            }
            else
            {
                Send(response);
            }
        }
    }

    /// <summary>The defect of answering before anything is stored: the answers leave now, the write comes without them.</summary>
    private void AnswerTooEarly(ref Message message)
    {
        if (message.Snapshot is not null)
        {
            return;
        }

        List<Message> early = [];
        List<Message> inTime = [];
        foreach (var response in message.Responses.Span)
        {
            var isOwn = response.To == Id;
            var isEarly = World.Defect == Defect.OwnAckBeforeSync ? isOwn : !isOwn && response.Type == MessageType.MsgAppResp;
            (isEarly ? early : inTime).Add(response);
        }

        if (World.Defect == Defect.OwnAckBeforeSync)
        {
            MakeReadable(message);
        }

        if (early.Count == 0)
        {
            return;
        }

        message = new Message
        {
            Type = message.Type,
            To = message.To,
            From = message.From,
            Term = message.Term,
            Vote = message.Vote,
            Commit = message.Commit,
            Entries = message.Entries,
            Snapshot = message.Snapshot,
            Responses = inTime.ToArray(),
        };
        PassBack(early.ToArray());
    }

    private void AddApply(Message message)
    {
        _applies.Enqueue(message);
        ApplySoon();
    }

    private void ApplySoon()
    {
        if (!_applyScheduled && _applies.Count != 0)
        {
            _applyScheduled = true;
            After(Clock.ToTrue(10_000 + World.DiskRandom.Next(World.DiskRandom.Next(60) == 0 ? 20_000_000 : 200_000)), Apply);
        }
    }

    private void Apply()
    {
        _applyScheduled = false;
        var message = _applies.Dequeue();
        Entry[] entries = [.. message.Entries.Span];
        if (World.Defect == Defect.AppliedOutOfOrder && Id == 1)
        {
            DefectiveEntries.Swap(entries);
        }

        foreach (var entry in entries)
        {
            ApplyOne(entry);
        }

        _appliedWaiters.Applied();
        PassBack(message.Responses.Span);
        Pump();
        if (entries.Length != 0)
        {
            SnapshotWhenDue(entries[^1].Index, entries[^1].Term);
        }

        ApplySoon();
    }

    private void ApplyOne(Entry entry)
    {
        var backend = Replica.Backend;
        if (entry.Index <= backend.ConsistentIndex)
        {
            State.PublishApplied(entry.Index, entry.Term);
            return;
        }

        if (entry.Index != State.AppliedIndex + 1)
        {
            throw new Violation("applied in order", $"member {Id} is to apply entry {entry.Index} after {State.AppliedIndex}");
        }

        if (World.Defect == Defect.IndexBeforeChanges && World.DiskRandom.Next(10) == 0)
        {
            backend.SetConsistentIndex(entry.Index, entry.Term);
            backend.ForceCommit();
        }

        backend.BeginEntry(entry.Index, entry.Term);
        var (id, result) = ApplyToMachine(entry);
        backend.EndEntry();
        State.PublishApplied(entry.Index, entry.Term);
        if (World.State.Applied(this, entry, result) is { } answer)
        {
            Finish(id, answer);
        }

        CompactSoon();
    }

    private (ulong Id, ApplyResult? Result) ApplyToMachine(in Entry entry)
    {
        var machine = Replica.Machine;
        switch (entry.Type)
        {
            case EntryType.Normal when entry.Data.IsEmpty:
                machine.ApplyEmpty(entry);
                return default;
            case EntryType.Normal:
                var tampered = DefectiveEntries.Tamper(World, this, entry);
                if (!RequestEncoding.TryDecode(tampered.Data.Span, out var request) || request.Kind == RequestKind.None)
                {
                    throw new Violation("log contents", $"entry {entry.Index} holds no request");
                }

                return (request.Id, machine.Apply(tampered, request, someoneWaits: true));
            case EntryType.ConfChange:
                Raft.Wire.RaftWire.TryDecode(entry.Data, out ConfChange? change);
                return (change!.Id, machine.ApplyConfiguration(entry, change, TakeEffect));
            default:
                throw new Violation("log contents", $"entry {entry.Index} has type {entry.Type}");
        }
    }

    private ConfState TakeEffect(ConfChange change)
    {
        var configuration = Node.ApplyConfChange(change);
        ConfigurationChanged(configuration);
        return configuration;
    }

    private void CommitBackend()
    {
        // Not always in time: what is committed late is applied again after a crash.
        if (World.DiskRandom.Next(3) != 0)
        {
            Replica.Backend.ForceCommit();
        }
    }

    private void CompactSoon()
    {
        if (_compactionScheduled)
        {
            return;
        }

        _compactionScheduled = true;
        After(Clock.ToTrue(World.DiskRandom.Next(100_000_000)), CompactOnDisk);
    }

    private void CompactOnDisk()
    {
        _compactionScheduled = false;
        if (Replica.Kv.CompactStep())
        {
            DefectiveEntries.AfterCompaction(World, this);
            CompactSoon();
        }
    }

    public void Defragment()
    {
        DiskFaults.IsDefragmenting = true;
        try
        {
            Replica.Backend.Defragment();
        }
        finally
        {
            DiskFaults.IsDefragmenting = false;
        }
    }
}
