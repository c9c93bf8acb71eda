using System.Text;
using EtcdSharp.Raft.Tests.Scripting;

namespace EtcdSharp.Raft.Tests;

/// <summary>
/// Clusters in asynchronous form under lost, repeated and reordered messages, slow storage threads and crashes that lose
/// what was not written, from a seed. Checked after every step: at most one leader per term (election safety), and all
/// members apply the same entries in the same order (state machine safety, Raft paper, figure 3).
/// </summary>
public sealed class RandomClusterTests
{
    private const int Steps = 6_000;

    public static TheoryData<int, ulong> Runs
    {
        get
        {
            var runs = new TheoryData<int, ulong>();
            foreach (var size in new[] { 1, 3, 5 })
            {
                for (ulong seed = 1; seed <= 12; seed++)
                {
                    runs.Add(size, seed);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Safety_holds_and_the_cluster_recovers(int size, ulong seed)
    {
        var run = new Run(size, seed);
        for (var step = 0; step < Steps; step++)
        {
            run.StepOnce();
        }

        run.Heal();
        Assert.True(run.AppliedCount > 0, "nothing was ever applied: the run proves nothing");
    }

    /// <summary>The same check, of members that lose their vote in a crash: it must not hold.</summary>
    [Fact]
    public void A_vote_that_is_not_remembered_is_noticed()
    {
        const ulong SeedsMax = 200;
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            var run = new Run(size: 3, seed, forgetsVotes: true);
            for (var step = 0; step < Steps && !run.HasTwoLeaders; step++)
            {
                run.StepOnce();
            }

            if (run.HasTwoLeaders)
            {
                return;
            }
        }

        Assert.Fail($"no term had two leaders in {SeedsMax} runs with members that vote twice");
    }

    private sealed class Run
    {
        private const int HealRoundsMax = 5_000;

        private readonly SequenceRandomness _random;
        private readonly List<RunMember> _members;
        private readonly List<Message> _wire = [];
        private readonly List<Entry> _applied = [];
        private readonly Dictionary<ulong, ulong> _leaderOfTerm = [];
        private readonly bool _preVote;
        private readonly bool _forgetsVotes;
        private int _proposed;

        public Run(int size, ulong seed, bool forgetsVotes = false)
        {
            _forgetsVotes = forgetsVotes;
            _random = new SequenceRandomness(seed);
            _preVote = seed % 2 == 0;
            ulong[] ids = [.. Enumerable.Range(1, size).Select(id => (ulong)id)];
            var start = new Snapshot(default, new SnapshotMetadata(new ConfState { Voters = ids }, 1, 1));
            _members = [.. ids.Select(id => new RunMember(id, start, Config))];
        }

        public int AppliedCount => _applied.Count;

        /// <summary>Only with members that forget their votes; otherwise it is a failure at once.</summary>
        public bool HasTwoLeaders { get; private set; }

        public void StepOnce()
        {
            var member = _members[(int)Pick((ulong)_members.Count)];
            switch (Pick(100))
            {
                case < 8:
                    member.Node.Tick();
                    break;
                case < 20:
                    member.Node.Propose(Encoding.ASCII.GetBytes($"{_proposed++}"));
                    break;
                case < 21 when _members.Count > 1:
                    member.Node.TransferLeader(1 + Pick((ulong)_members.Count));
                    break;
                case < 22:
                    _wire.RemoveAll(message => message.To == member.Id || message.From == member.Id);
                    member.Crash(_forgetsVotes);
                    break;
                case < 60:
                    DeliverOne(mayMisbehave: true);
                    break;
                default:
                    Work(member, (int)Pick(3));
                    break;
            }

            Check(member);
        }

        /// <summary>Without faults the cluster elects, commits a new entry everywhere, and agrees.</summary>
        public void Heal()
        {
            var marker = $"healed-{_proposed}";
            for (var round = 0; round < HealRoundsMax; round++)
            {
                foreach (var member in _members)
                {
                    if (round % 20 == 0)
                    {
                        member.Node.Tick();
                    }

                    Work(member, storageSteps: 10);
                }

                while (_wire.Count > 0)
                {
                    DeliverOne(mayMisbehave: false);
                }

                _members.ForEach(Check);
                if (_members.TrueForAll(member => member.HasApplied(marker)))
                {
                    return;
                }

                if (round % 500 == 400)
                {
                    _members
                        .Find(member => member.Node.BasicStatus.SoftState.Role == RaftRole.Leader)
                        ?.Node.Propose(Encoding.ASCII.GetBytes(marker));
                }
            }

            Assert.Fail("the cluster does not recover without faults");
        }

        private RaftConfig Config(ulong id, MemoryStorage storage, ulong applied) =>
            new()
            {
                Id = id,
                ElectionTicks = 10,
                HeartbeatTicks = 1,
                Storage = storage,
                Randomness = _random,
                Applied = applied,
                AsyncStorageWrites = true,
                PreVote = _preVote,
                CheckQuorum = _preVote,
                MaxInflightMessages = 4,
                MaxSizePerMessage = 100,
                MaxCommittedSizePerReady = 200,
            };

        private ulong Pick(ulong below) => _random.NextUInt64() % below;

        private void DeliverOne(bool mayMisbehave)
        {
            if (_wire.Count == 0)
            {
                return;
            }

            var position = mayMisbehave ? (int)Pick((ulong)_wire.Count) : 0;
            var message = _wire[position];
            var fate = mayMisbehave ? Pick(10) : 9;
            if (fate > 0)
            {
                _wire.RemoveAt(position);
            }

            if (fate != 1)
            {
                _members[(int)message.To - 1].Node.Step(message);
            }
        }

        private void Work(RunMember member, int storageSteps)
        {
            foreach (var message in member.TakeReady())
            {
                _wire.Add(message);
            }

            for (var i = 0; i < storageSteps; i++)
            {
                var responses = member.WorkOffStorage(appendFirst: Pick(2) == 0).ToArray();
                if (_forgetsVotes && Array.Exists(responses, IsVote) && Pick(2) == 0)
                {
                    _wire.AddRange(responses.Where(response => response.To != member.Id));
                    member.Crash(forgetsVote: true);
                    return;
                }

                foreach (var response in responses)
                {
                    if (response.To == member.Id)
                    {
                        member.Node.Step(response);
                    }
                    else
                    {
                        _wire.Add(response);
                    }
                }
            }
        }

        private static bool IsVote(Message message) => message is { Type: MessageType.MsgVoteResp, Reject: false };

        private void Check(RunMember member)
        {
            var status = member.Node.BasicStatus;
            if (status.SoftState.Role == RaftRole.Leader)
            {
                _leaderOfTerm.TryAdd(status.HardState.Term, member.Id);
                HasTwoLeaders |= _leaderOfTerm[status.HardState.Term] != member.Id;
            }

            if (_forgetsVotes)
            {
                return;
            }

            Assert.False(HasTwoLeaders, $"term {status.HardState.Term} has two leaders");

            for (; member.CheckedCount < member.Applied.Count; member.CheckedCount++)
            {
                var entry = member.Applied[member.CheckedCount];
                if (member.CheckedCount == _applied.Count)
                {
                    _applied.Add(entry);
                }

                Assert.Equal(_applied[member.CheckedCount], entry);
            }
        }
    }

    private sealed class RunMember
    {
        private readonly Func<ulong, MemoryStorage, ulong, RaftConfig> _configure;
        private readonly MemoryStorage _storage = new();
        private readonly Queue<Message> _appendWork = new();
        private readonly Queue<Message> _applyWork = new();

        public RunMember(ulong id, Snapshot start, Func<ulong, MemoryStorage, ulong, RaftConfig> configure)
        {
            Id = id;
            _configure = configure;
            _storage.ApplySnapshot(start);
            _storage.SetHardState(new HardState(1, RaftIds.None, 1));
            Node = new RaftNode(configure(id, _storage, 1));
        }

        public ulong Id { get; }

        public RaftNode Node { get; private set; }

        /// <summary>The state machine: durable, as if each entry were written when it is applied.</summary>
        public List<Entry> Applied { get; } = [];

        public int CheckedCount { get; set; }

        public bool HasApplied(string data) =>
            Applied.Exists(entry => entry.Data.Span.SequenceEqual(Encoding.ASCII.GetBytes(data)));

        /// <summary>What waited for the storage threads is lost; what they wrote is there.</summary>
        public void Crash(bool forgetsVote = false)
        {
            _appendWork.Clear();
            _applyWork.Clear();

            // The commit index need not be on disk, but what was applied was committed.
            var applied = 1 + (ulong)Applied.Count;
            var hardState = _storage.InitialState().HardState;
            _storage.SetHardState(
                hardState with
                {
                    Vote = forgetsVote ? RaftIds.None : hardState.Vote,
                    Commit = Math.Max(hardState.Commit, applied),
                }
            );
            Node = new RaftNode(_configure(Id, _storage, applied));
        }

        public List<Message> TakeReady()
        {
            List<Message> sent = [];
            if (!Node.HasReady)
            {
                return sent;
            }

            foreach (var message in Node.Ready().Messages)
            {
                switch (message.To)
                {
                    case RaftIds.LocalAppendThread:
                        _appendWork.Enqueue(message);
                        break;
                    case RaftIds.LocalApplyThread:
                        _applyWork.Enqueue(message);
                        break;
                    default:
                        sent.Add(message);
                        break;
                }
            }

            return sent;
        }

        public ReadOnlySpan<Message> WorkOffStorage(bool appendFirst)
        {
            if (appendFirst && _appendWork.TryDequeue(out var append))
            {
                if (!append.HardState.IsEmpty)
                {
                    _storage.SetHardState(append.HardState);
                }

                _storage.Append(append.Entries.Span);
                return append.Responses.Span;
            }

            if (!appendFirst && _applyWork.TryDequeue(out var apply))
            {
                foreach (var entry in apply.Entries.Span)
                {
                    Assert.Equal((ulong)Applied.Count + 2, entry.Index);
                    Applied.Add(entry);
                }

                return apply.Responses.Span;
            }

            return default;
        }
    }
}
