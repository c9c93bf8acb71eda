using System.Text;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>A cluster driven step by step by a script: its commands, and the wire and disks between the members.</summary>
internal sealed partial class InteractionScript
{
    /// <summary>A script that has not settled after so many rounds never will.</summary>
    private const int StabilizeRoundsMax = 1000;

    private readonly List<ScriptMember> _members = [];
    private readonly ScriptOutput _output = new();
    private List<Message> _messages = [];

    public string Handle(Directive directive)
    {
        _output.Clear();
        var error = Dispatch(directive);
        if (error is not null)
        {
            if (_output.IsQuiet)
            {
                return error;
            }

            _output.Write(error);
        }

        var text = _output.ToString();
        return text.Length == 0 ? "ok" : text;
    }

    private string? Dispatch(Directive d) =>
        d.Command switch
        {
            "add-nodes" => AddNodes(d),
            "campaign" => Do(d, member => member.Node.Campaign()),
            "compact" => Compact(d),
            "deliver-msgs" => DeliverMessages(d),
            "process-ready" => ForEach(d, "handling Ready", ProcessReady),
            "process-append-thread" => ForEach(d, "processing append thread", ProcessAppendThread),
            "process-apply-thread" => ForEach(d, "processing apply thread", ProcessApplyThread),
            "log-level" => _output.SetLevel(d.Arguments[0].Key),
            "raft-log" => RaftLog(First(d)),
            "raft-state" => RaftState(),
            "set-randomized-election-timeout" => Do(
                d,
                member => member.Node.SetRandomizedElectionTicks(int.Parse(d.Value("timeout")))
            ),
            "stabilize" => Stabilize(d),
            "status" => Status(First(d)),
            "tick-election" => Tick(First(d), First(d).Config.ElectionTicks),
            "tick-heartbeat" => Tick(First(d), First(d).Config.HeartbeatTicks),
            "transfer-leadership" => TransferLeadership(d),
            "forget-leader" => Do(d, member => member.Node.ForgetLeader()),
            "send-snapshot" => SendSnapshot(d),
            "propose" => Error(First(d).Node.Propose(Encoding.UTF8.GetBytes(d.Arguments[1].Key))),
            "propose-conf-change" => ProposeConfChange(d),
            "report-unreachable" => ReportUnreachable(d),
            "report-snapshot" => ReportSnapshot(d),
            "read-index" => Do(d, member => member.Node.ReadIndex(Encoding.UTF8.GetBytes(d.Arguments[1].Key))),
            "_breakpoint" => null,
            _ => "unknown command",
        };

    private ScriptMember First(Directive d) => Member(d.Arguments[0].Key);

    private ScriptMember Member(string id) => _members[int.Parse(id) - 1];

    private static ulong IdOf(ScriptMember member) => member.Config.Id;

    private string? Do(Directive d, Action<ScriptMember> action)
    {
        action(First(d));
        return null;
    }

    private static string? Error(StepResult result) =>
        result switch
        {
            StepResult.Ok => null,
            StepResult.ProposalDropped => "raft proposal dropped",
            StepResult.LocalMessage => "raft: cannot step raft local message",
            _ => "raft: cannot step as peer not found",
        };

    private string? ForEach(Directive d, string what, Func<ScriptMember, string?> action)
    {
        var members = d.PositionalArguments.Select(Member).ToList();
        foreach (var member in members)
        {
            if (members.Count > 1)
            {
                _output.WriteLine($"> {IdOf(member)} {what}");
            }

            var error = members.Count > 1 ? _output.Indented(() => action(member)) : action(member);
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static string? Tick(ScriptMember member, int ticks)
    {
        for (var i = 0; i < ticks; i++)
        {
            member.Node.Tick();
        }

        return null;
    }

    private string? Compact(Directive d) =>
        First(d).Log.Compact(ulong.Parse(d.Arguments[1].Key))
            ? RaftLog(First(d))
            : "requested index is unavailable due to compaction";

    private string? RaftLog(ScriptMember member)
    {
        var (first, last) = (member.Log.FirstIndex, member.Log.LastIndex);
        if (last < first)
        {
            _output.Write($"log is empty: first index={first}, last index={last}");
            return null;
        }

        Assert.Equal(StorageRead.Ok, member.Log.TryGetEntries(first, last + 1, RaftConfig.NoLimit, out var entries));
        _output.Write(Describe.Entries(entries.Span));
        return null;
    }

    private string? RaftState()
    {
        foreach (var member in _members)
        {
            var status = member.Node.Status();
            var configuration = status.Configuration;
            var isVoter =
                configuration.Voters.Contains(status.Basic.Id) || configuration.VotersOutgoing.Contains(status.Basic.Id);
            var (id, hard, soft) = (status.Basic.Id, status.Basic.HardState, status.Basic.SoftState);
            _output.WriteLine(
                $"{id}: State{soft.Role} ({(isVoter ? "Voter" : "Non-Voter")}) Term:{hard.Term} Lead:{soft.Leader}"
            );
        }

        return null;
    }

    private string? Status(ScriptMember member)
    {
        foreach (var progress in member.Node.Status().Progress)
        {
            _output.WriteLine($"{progress.Id}: {progress}");
        }

        return null;
    }

    private string? TransferLeadership(Directive d)
    {
        Member(d.Value("from")).Node.TransferLeader(ulong.Parse(d.Value("to")));
        return null;
    }

    private string? ReportUnreachable(Directive d)
    {
        First(d).Node.ReportUnreachable(ulong.Parse(d.Arguments[1].Key));
        return null;
    }

    private string? ReportSnapshot(Directive d)
    {
        var delivery = d.Value("status") == "ok" ? SnapshotDelivery.Delivered : SnapshotDelivery.Failed;
        First(d).Node.ReportSnapshot(ulong.Parse(d.Arguments[1].Key), delivery);
        return null;
    }

    private string? SendSnapshot(Directive d)
    {
        var from = First(d);
        var message = new Message
        {
            Type = MessageType.MsgSnap,
            Term = from.Node.BasicStatus.HardState.Term,
            From = IdOf(from),
            To = ulong.Parse(d.Arguments[1].Key),
            Snapshot = from.History[^1],
        };
        _messages.Add(message);
        _output.Write(Describe.Message(message));
        return null;
    }

    private string? ProposeConfChange(Directive d)
    {
        var isV1 = d.Arguments.Any(argument => argument.Key == "v1" && argument.Values[0] == "true");
        var transition = d.Arguments.FirstOrDefault(argument => argument.Key == "transition")?.Values[0] switch
        {
            null or "auto" => ConfChangeTransition.Auto,
            "implicit" => ConfChangeTransition.JointImplicit,
            "explicit" => ConfChangeTransition.JointExplicit,
            var other => throw new InvalidDataException($"unknown transition {other}"),
        };
        var changes = ConfChangeScript.ParseChanges(d.Input);
        if (!isV1)
        {
            return Error(First(d).Node.ProposeConfChange(new ConfChangeV2(transition, changes, default)));
        }

        return changes.Count > 1 || transition != ConfChangeTransition.Auto
            ? "v1 conf change can only have one operation and no transition"
            : Error(First(d).Node.ProposeConfChange(new ConfChange(0, changes[0].Type, changes[0].NodeId, default)));
    }
}
