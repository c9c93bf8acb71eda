using System.Text;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>The members and what lies between them.</summary>
internal sealed partial class InteractionScript
{
    private string? AddNodes(Directive d)
    {
        var options = d.Arguments.Where(argument => argument.Values.Count > 0).ToDictionary(argument => argument.Key);
        string? Option(string key) => options.TryGetValue(key, out var argument) ? argument.Values[0] : null;
        ulong[] Ids(string key) => options.TryGetValue(key, out var argument) ? [.. argument.Values.Select(ulong.Parse)] : [];

        var confState = new ConfState { Voters = Ids("voters"), Learners = Ids("learners") };
        var index = ulong.Parse(Option("index") ?? "0");
        var isBootstrap = options.ContainsKey("voters") || options.ContainsKey("learners") || index > 0;
        if (isBootstrap && index <= 1)
        {
            return "index must be specified as > 1 due to bootstrap";
        }

        var data = Encoding.UTF8.GetBytes(Option("content") ?? "");
        var snapshot = new Snapshot(data, new SnapshotMetadata(confState, index, isBootstrap ? 1UL : 0));
        for (var i = 0; i < int.Parse(d.Arguments[0].Key); i++)
        {
            var log = new MemoryStorage();
            if (isBootstrap)
            {
                Assert.True(log.ApplySnapshot(snapshot));
            }

            List<Snapshot> history = [snapshot];
            var id = (ulong)_members.Count + 1;
            var config = new RaftConfig
            {
                Id = id,
                ElectionTicks = 3,
                HeartbeatTicks = 1,
                Storage = new ScriptStorage(log, history),
                Randomness = new SequenceRandomness(id),
                MaxInflightMessages = int.Parse(Option("inflight") ?? int.MaxValue.ToString()),
                Applied = index,
                AsyncStorageWrites = Option("async-storage-writes") == "true",
                PreVote = Option("prevote") == "true",
                CheckQuorum = Option("checkquorum") == "true",
                MaxCommittedSizePerReady = ulong.Parse(Option("max-committed-size-per-ready") ?? "0"),
                DisableConfChangeValidation = Option("disable-conf-change-validation") == "true",
                ReadOnly = Option("read-only") == "lease-based" ? ReadOnlyMode.LeaseBased : ReadOnlyMode.Safe,
                StepDownOnRemoval = Option("step-down-on-removal") == "true",
                LogSink = _output,
            };
            _members.Add(new ScriptMember(new RaftNode(config), config, log, history));
        }

        return null;
    }

    private string? DeliverMessages(Directive d)
    {
        MessageType? type = null;
        List<(ulong Id, bool Drop)> recipients = [];
        foreach (var argument in d.Arguments)
        {
            switch (argument.Key)
            {
                case "drop":
                    recipients.AddRange(argument.Values.Select(id => (ulong.Parse(id), true)));
                    break;
                case "type":
                    type = Enum.Parse<MessageType>(argument.Values[0]);
                    break;
                default:
                    recipients.Add((ulong.Parse(argument.Key), false));
                    break;
            }
        }

        if (recipients.Sum(recipient => Deliver(recipient.Id, type, recipient.Drop)) == 0)
        {
            _output.WriteLine("no messages");
        }

        return null;
    }

    private int Deliver(ulong to, MessageType? type = null, bool drop = false)
    {
        bool IsMeant(Message m) => m.To == to && !(drop && IsLocal(m)) && (type is null || m.Type == type);
        var delivered = _messages.Where(IsMeant).ToList();
        _messages = [.. _messages.Where(message => !IsMeant(message))];
        foreach (var message in delivered)
        {
            _output.WriteLine((drop ? "dropped: " : "") + Describe.Message(message));
            if (!drop && Error(Member(to.ToString()).Node.Step(message)) is { } error)
            {
                _output.WriteLine(error);
            }
        }

        return delivered.Count;
    }

    private static bool IsLocal(Message message) =>
        message.From == message.To || RaftIds.IsLocalThread(message.From) || RaftIds.IsLocalThread(message.To);

    private string? ProcessReady(ScriptMember member)
    {
        var ready = member.Node.Ready();
        _output.Write(Describe.Ready(ready));
        if (!member.Config.AsyncStorageWrites)
        {
            Append(member, ready.HardState ?? default, ready.Entries.Span, ready.Snapshot);
            Apply(member, ready.CommittedEntries.Span);
        }

        foreach (var message in ready.Messages)
        {
            switch (message.To)
            {
                case RaftIds.LocalAppendThread:
                    member.AppendWork.Enqueue(message);
                    break;
                case RaftIds.LocalApplyThread:
                    member.ApplyWork.Enqueue(message);
                    break;
                default:
                    _messages.Add(message);
                    break;
            }
        }

        if (!member.Config.AsyncStorageWrites)
        {
            member.Node.Advance();
        }

        return null;
    }

    private string? ProcessAppendThread(ScriptMember member)
    {
        if (!member.AppendWork.TryDequeue(out var work))
        {
            _output.Write("no append work to perform");
            return null;
        }

        _output.WriteLine("Processing:\n" + Describe.Message(work, withResponses: false));
        Append(member, work.HardState, work.Entries.Span, work.Snapshot);
        Respond(work);
        return null;
    }

    private string? ProcessApplyThread(ScriptMember member)
    {
        if (!member.ApplyWork.TryDequeue(out var work))
        {
            _output.Write("no apply work to perform");
            return null;
        }

        _output.WriteLine("Processing:\n" + Describe.Message(work, withResponses: false));
        Apply(member, work.Entries.Span);
        Respond(work);
        return null;
    }

    private void Respond(Message work)
    {
        _output.WriteLine("Responses:");
        foreach (var response in work.Responses.Span)
        {
            _output.WriteLine(Describe.Message(response));
            _messages.Add(response);
        }
    }

    private static void Append(ScriptMember member, HardState hardState, ReadOnlySpan<Entry> entries, Snapshot? snapshot)
    {
        if (!hardState.IsEmpty)
        {
            member.Log.SetHardState(hardState);
        }

        if (snapshot is null)
        {
            member.Log.Append(entries);
            return;
        }

        Assert.True(entries.IsEmpty, "a snapshot and entries at the same time");
        Assert.True(member.Log.ApplySnapshot(snapshot), "a snapshot older than the one there is");
    }

    /// <summary>The state of a scripted member is everything it applied, one after the other.</summary>
    private static void Apply(ScriptMember member, ReadOnlySpan<Entry> entries)
    {
        foreach (var entry in entries)
        {
            var update = entry.Data;
            var last = member.History[^1];
            var confState = last.Metadata.ConfState;
            if (entry.Type == EntryType.ConfChange)
            {
                Assert.True(RaftWire.TryDecode(entry.Data, out ConfChange? change));
                confState = member.Node.ApplyConfChange(change);
                update = change.Context;
            }
            else if (entry.Type == EntryType.ConfChangeV2)
            {
                Assert.True(RaftWire.TryDecode(entry.Data, out ConfChangeV2? change));
                confState = member.Node.ApplyConfChange(change);
                update = change.Context;
            }

            byte[] data = [.. last.Data.Span, .. update.Span];
            member.History.Add(new Snapshot(data, new SnapshotMetadata(confState, entry.Index, entry.Term)));
        }
    }

    private string? Stabilize(Directive d)
    {
        var level = _output.Level;
        if (d.Arguments.FirstOrDefault(argument => argument.Key == "log-level") is { } chosen)
        {
            Assert.Null(_output.SetLevel(chosen.Values[0]));
        }

        var named = d.PositionalArguments.Select(Member).ToList();
        var members = named.Count > 0 ? named : _members;
        var round = 0;
        while (StabilizeOnce(members))
        {
            Assert.True(++round < StabilizeRoundsMax, "the cluster does not settle");
        }

        _output.SetLevel(level);
        return null;
    }

    private bool StabilizeOnce(List<ScriptMember> members)
    {
        var didSomething = false;
        foreach (var member in members.Where(member => member.Node.HasReady))
        {
            _output.WriteLine($"> {IdOf(member)} handling Ready");
            _output.Indented(() => ProcessReady(member));
            didSomething = true;
        }

        foreach (var member in members.Where(member => _messages.Any(message => message.To == IdOf(member))))
        {
            _output.WriteLine($"> {IdOf(member)} receiving messages");
            _output.Indented(() => Deliver(IdOf(member)));
            didSomething = true;
        }

        foreach (var member in members.Where(member => member.AppendWork.Count > 0))
        {
            _output.WriteLine($"> {IdOf(member)} processing append thread");
            didSomething = Work(member.AppendWork, () => ProcessAppendThread(member));
        }

        foreach (var member in members.Where(member => member.ApplyWork.Count > 0))
        {
            _output.WriteLine($"> {IdOf(member)} processing apply thread");
            didSomething = Work(member.ApplyWork, () => ProcessApplyThread(member));
        }

        return didSomething;
    }

    private bool Work(Queue<Message> queue, Func<string?> process)
    {
        while (queue.Count > 0)
        {
            _output.Indented(process);
        }

        return true;
    }
}
