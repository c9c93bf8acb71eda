using EtcdSharp.Raft;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Simulation.Checking;

/// <summary>
/// The safety properties of the Raft paper, figure 3, after everything that raft says: election safety, log matching,
/// leader completeness, and (with <see cref="StateChecks"/>) state machine safety.
/// </summary>
internal sealed class RaftChecks(World world)
{
    private readonly Dictionary<ulong, ulong> _leaderOfTerm = [];
    private readonly Dictionary<(ulong Index, ulong Term), (ulong Content, ulong PreviousTerm)> _entries = [];
    private readonly List<(ulong Term, ulong Content)> _committed = [];
    private readonly Dictionary<ulong, ShadowLog> _logs = [];

    public ulong CommittedIndex => (ulong)_committed.Count;

    public int Elections => _leaderOfTerm.Count;

    /// <summary>A member has opened its log: what is in it counts as accepted.</summary>
    public void Started(SimMember member, MemoryStorage storage)
    {
        var log = new ShadowLog();
        _logs[member.Id] = log;
        if (storage.FirstIndex > 1)
        {
            storage.TryGetTerm(storage.FirstIndex - 1, out var term);
            log.Reset(storage.FirstIndex - 1, term);
        }

        storage.TryGetEntries(storage.FirstIndex, storage.LastIndex + 1, RaftConfig.NoLimit, out var entries);
        Accept(member, log, entries.Span);
        log.Committed = Math.Min(member.State.AppliedIndex, log.LastIndex);
    }

    public void Stopped(SimMember member) => _logs.Remove(member.Id);

    public void Observe(SimMember member, Ready ready)
    {
        var log = _logs[member.Id];
        if (ready.Snapshot is { } snapshot)
        {
            log.Reset(snapshot.Metadata.Index, snapshot.Metadata.Term);
            log.Committed = snapshot.Metadata.Index;
        }

        Accept(member, log, ready.Entries.Span);
        var status = member.Raft.BasicStatus;
        Commit(member, log, Math.Min(status.HardState.Commit, log.LastIndex));
        if (status.SoftState.Role == RaftRole.Leader)
        {
            CheckLeader(member, log, status.HardState.Term);
        }
    }

    private void Accept(SimMember member, ShadowLog log, ReadOnlySpan<Entry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Index <= log.Committed && log.TermAt(entry.Index) is { } old && old != entry.Term)
            {
                throw new Violation("log matching", $"member {member.Number} replaces its committed entry {entry.Index}");
            }

            var content = Crc32C.Append((uint)entry.Type, entry.Data.Span) | ((ulong)entry.Data.Length << 32);
            var previous = log.TermAt(entry.Index - 1) ?? 0;
            if (_entries.TryGetValue((entry.Index, entry.Term), out var known) && known != (content, previous))
            {
                throw new Violation(
                    "log matching",
                    $"entry {entry.Index} of term {entry.Term} differs on member {member.Number}: content {content:x}, "
                        + $"elsewhere {known.Content:x}; term before it {previous}, elsewhere {known.PreviousTerm}"
                );
            }

            _entries[(entry.Index, entry.Term)] = (content, previous);
            log.Put(entry, content);
        }
    }

    private void Commit(SimMember member, ShadowLog log, ulong commit)
    {
        for (var index = log.Committed + 1; index <= commit; index++)
        {
            var entry = log.EntryAt(index);
            if (index <= CommittedIndex)
            {
                var (term, content) = _committed[(int)index - 1];
                if ((term, content) != (entry.Entry.Term, entry.Content))
                {
                    throw new Violation(
                        "committed entries stay",
                        $"member {member.Number} commits entry {index} of term {entry.Entry.Term}; another one, of term {term}, was committed before"
                    );
                }
            }
            else
            {
                _committed.Add((entry.Entry.Term, entry.Content));
                if (world.Model.Apply(entry.Entry) is null)
                {
                    throw new Violation("once", $"the request of entry {index} is in the log twice");
                }
            }
        }

        log.Committed = Math.Max(log.Committed, commit);
    }

    private void CheckLeader(SimMember member, ShadowLog log, ulong term)
    {
        if (!_leaderOfTerm.TryAdd(term, member.Id))
        {
            if (_leaderOfTerm[term] != member.Id)
            {
                throw new Violation(
                    "election safety",
                    $"members {world.Find(_leaderOfTerm[term])?.Number} and {member.Number} lead in term {term}"
                );
            }

            if (log.LedTerm == term)
            {
                return;
            }
        }

        log.LedTerm = term;
        for (var index = CommittedIndex; index >= 1; index--)
        {
            var committed = _committed[(int)index - 1].Term;
            if (committed >= term)
            {
                continue;
            }

            // With log matching, the last committed entry of an earlier term stands for all before it.
            if (index >= log.FirstKnown && log.TermAt(index) != committed)
            {
                throw new Violation(
                    "leader completeness",
                    $"member {member.Number} leads in term {term} without committed entry {index} of term {committed}"
                );
            }

            return;
        }
    }
}
