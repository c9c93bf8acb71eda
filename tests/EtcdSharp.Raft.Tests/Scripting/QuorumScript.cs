using System.Text;
using EtcdSharp.Raft.Core;
using EtcdSharp.Raft.Quorum;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>Quorum arithmetic by script, each result checked against other ways to compute it.</summary>
internal static class QuorumScript
{
    public static string Handle(Directive directive)
    {
        List<ulong> incoming = [];
        List<ulong> outgoing = [];
        List<string> inputs = [];
        var isJoint = false;
        foreach (var argument in directive.Arguments)
        {
            switch (argument.Key)
            {
                case "cfg":
                    incoming.AddRange(argument.Values.Select(ulong.Parse));
                    break;
                case "cfgj":
                    isJoint = true;
                    outgoing.AddRange(argument.Values.Where(value => value != "zero").Select(ulong.Parse));
                    break;
                default:
                    inputs.AddRange(argument.Values);
                    break;
            }
        }

        var voters = new JointVoters(MemberSet.Of(incoming), MemberSet.Of(outgoing));
        var order = incoming.Concat(outgoing).Distinct().ToList();
        if (order.Count != inputs.Count)
        {
            var ids = string.Join(' ', order.Order().Select(id => $"{id}:{{}}"));
            var values = string.Join(' ', inputs.Select(input => Number(directive.Command, input)));
            return $"error: mismatched input (explicit or _) for voters map[{ids}]: [{values}]";
        }

        var given = order.Zip(inputs).Where(pair => pair.Second != "_").ToDictionary(pair => pair.First, pair => pair.Second);
        return directive.Command == "committed" ? Committed(voters, isJoint, given) : Vote(voters, given);
    }

    private static string Number(string command, string input) =>
        (command, input) switch
        {
            (_, "_") => "0",
            ("vote", "y") => "2",
            ("vote", "n") => "1",
            _ => input,
        };

    private static string Committed(JointVoters voters, bool isJoint, Dictionary<ulong, string> given)
    {
        var indexes = given.ToDictionary(pair => pair.Key, pair => ulong.Parse(pair.Value));
        var acked = new AckedPositions(indexes);
        var committed = voters.CommittedIndex(ref acked);
        Assert.Equal(committed, new JointVoters(voters.Outgoing, voters.Incoming).CommittedIndex(ref acked));
        if (!isJoint)
        {
            Assert.Equal(committed, new JointVoters(voters.Incoming, voters.Incoming).CommittedIndex(ref acked));
            Assert.Equal(committed, ByDefinition(voters.Incoming, indexes));
            AssertLaggardsDoNotCount(voters.Incoming, indexes, committed);
        }

        return Picture(voters.All, indexes) + (committed == ulong.MaxValue ? "∞" : committed.ToString());
    }

    private static string Vote(JointVoters voters, Dictionary<ulong, string> given)
    {
        var votes = new VoteRecord();
        foreach (var (id, vote) in given)
        {
            votes.Record(id, vote == "y");
        }

        var result = voters.Tally(ref votes);
        Assert.Equal(result, new JointVoters(voters.Outgoing, voters.Incoming).Tally(ref votes));
        return result.ToString();
    }

    /// <summary>The highest of all acknowledged indexes that a majority has reached.</summary>
    private static ulong ByDefinition(MemberSet voters, Dictionary<ulong, ulong> indexes)
    {
        if (voters.Count == 0)
        {
            return ulong.MaxValue;
        }

        return indexes
            .Values.Where(candidate =>
                voters.Count(id => indexes.GetValueOrDefault(id) >= candidate) >= Majority.QuorumOf(voters.Count)
            )
            .DefaultIfEmpty(0UL)
            .Max();
    }

    /// <summary>Who has not reached the committed index may fall back further without changing it.</summary>
    private static void AssertLaggardsDoNotCount(MemberSet voters, Dictionary<ulong, ulong> indexes, ulong committed)
    {
        foreach (var id in voters.Where(id => indexes.GetValueOrDefault(id) is > 0 and var index && index < committed))
        {
            foreach (var lower in new[] { indexes[id] - 1, 0UL })
            {
                var acked = new AckedPositions(new Dictionary<ulong, ulong>(indexes) { [id] = lower });
                Assert.Equal(committed, Majority.CommittedIndex(voters, ref acked));
            }
        }
    }

    /// <summary>One line per voter with a bar as long as the number of voters it has passed.</summary>
    private static string Picture(MemberSet voters, Dictionary<ulong, ulong> indexes)
    {
        if (voters.Count == 0)
        {
            return "<empty majority quorum>";
        }

        var text = new StringBuilder(new string(' ', voters.Count) + "    idx\n");
        foreach (var id in voters)
        {
            var index = indexes.GetValueOrDefault(id);
            var passed = voters.Count(other => indexes.GetValueOrDefault(other) < index);
            var bar = indexes.ContainsKey(id)
                ? new string('x', passed) + ">" + new string(' ', voters.Count - passed)
                : "?" + new string(' ', voters.Count);
            text.Append($"{bar} {index, 5}    (id={id:x})\n");
        }

        return text.ToString();
    }
}
