using EtcdSharp.Raft.Log;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Core;

/// <summary>What a leader sends to its followers (Raft paper, section 5.3), and what of it is committed.</summary>
internal sealed partial class RaftCore
{
    private bool TryCommit()
    {
        var matches = new MatchIndexes(_progress);
        var committed = Log.TryCommit(new EntryId(Term, _config.Voters.CommittedIndex(ref matches)));
        Trace(RaftTraceEvent.Commit);
        return committed;
    }

    private void BroadcastAppend()
    {
        for (var i = 0; i < _progress.Count; i++)
        {
            if (_progress.Ids[i] != Id)
            {
                SendAppend(_progress.Ids[i], _progress.At(i));
            }
        }
    }

    private void SendAppend(ulong to, Progress progress) => TrySendAppend(to, progress, sendIfEmpty: true);

    /// <summary>
    /// Sends the next entries, or a snapshot when they are compacted away; false when the flow control or the want of
    /// entries forbids it. An empty append brings the commit index and probes.
    /// </summary>
    private bool TrySendAppend(ulong to, Progress progress, bool sendIfEmpty)
    {
        if (progress.IsPaused)
        {
            return false;
        }

        var previous = progress.Next - 1;
        if (Log.TryGetTerm(previous, out var previousTerm) != StorageRead.Ok)
        {
            return TrySendSnapshot(to, progress);
        }

        // A full window still lets an empty append through, so that a follower whose answers were lost is heard again.
        ReadOnlyMemory<Entry> entries = default;
        var read = StorageRead.Ok;
        if (progress.State != ProgressState.Replicate || !progress.Inflights.IsFull)
        {
            read = Log.TryGetEntries(progress.Next, _options.MaxSizePerMessage, out entries);
        }

        if (entries.IsEmpty && !sendIfEmpty)
        {
            return false;
        }

        if (read != StorageRead.Ok)
        {
            return TrySendSnapshot(to, progress);
        }

        Send(
            new Message
            {
                Type = MessageType.MsgApp,
                To = to,
                From = Id,
                Term = Term,
                Index = previous,
                LogTerm = previousTerm,
                Entries = entries,
                Commit = Log.Committed,
            }
        );
        progress.OnAppendSent(entries.Length, EntrySizes.Payload(entries.Span));
        progress.OnCommitSent(Log.Committed);
        return true;
    }

    private bool TrySendSnapshot(ulong to, Progress progress)
    {
        if (!progress.RecentActive)
        {
            _logger.Debug($"ignore sending snapshot to {to:x} since it is not recently active");
            return false;
        }

        var read = Log.TryGetSnapshot(out var snapshot);
        if (read == StorageRead.TemporarilyUnavailable)
        {
            _logger.Debug($"{Id:x} failed to send snapshot to {to:x} because snapshot is temporarily unavailable");
            return false;
        }

        if (read != StorageRead.Ok || snapshot.IsEmpty)
        {
            throw new RaftInvariantException($"the log begins at {Log.FirstIndex} and there is no snapshot before it: {read}");
        }

        var (_, index, term) = snapshot.Metadata;
        _logger.Debug(
            $"{Id:x} [firstindex: {Log.FirstIndex}, commit: {Log.Committed}] sent snapshot[index: {index}, term: {term}] to {to:x} [{progress}]"
        );
        progress.BecomeSnapshot(index);
        _logger.Debug($"{Id:x} paused sending replication messages to {to:x} [{progress}]");
        Send(
            new Message
            {
                Type = MessageType.MsgSnap,
                To = to,
                From = Id,
                Term = Term,
                Snapshot = snapshot,
            }
        );
        return true;
    }

    private void BroadcastHeartbeat()
    {
        var context = _reads.HeartbeatContext();
        for (var i = 0; i < _progress.Count; i++)
        {
            if (_progress.Ids[i] != Id)
            {
                SendHeartbeat(_progress.Ids[i], _progress.At(i), context);
            }
        }
    }

    /// <summary>A heartbeat checks no log: the commit index it brings must not exceed what the follower is known to have.</summary>
    private void SendHeartbeat(ulong to, Progress progress, ReadOnlyMemory<byte> context)
    {
        var commit = Math.Min(progress.Match, Log.Committed);
        Send(
            new Message
            {
                Type = MessageType.MsgHeartbeat,
                To = to,
                From = Id,
                Term = Term,
                Commit = commit,
                Context = context,
            }
        );
        progress.OnCommitSent(commit);
    }
}
