using EtcdSharp.Raft;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Faults;

/// <summary>The defect of a learner's vote that counts: the vote of one voter is asked of a learner, who answers in its name.</summary>
internal static class DefectiveVotes
{
    public static Message Disguise(SimMember from, Message message)
    {
        var configuration = from.Raft.Status().Configuration;
        if (message.Type is MessageType.MsgVote or MessageType.MsgPreVote)
        {
            var learner = configuration.Learners.FirstOrDefault(id => from.World.Find(id) is { IsUp: true });
            var voter = configuration.Voters.Where(id => id != from.Id).DefaultIfEmpty().Max();
            return learner != 0 && message.To == voter ? Readdress(message, learner, message.From) : message;
        }

        if (message.Type is MessageType.MsgVoteResp or MessageType.MsgPreVoteResp && from.Raft.BasicStatus.IsLearner)
        {
            var voter = configuration.Voters.Where(id => id != message.To).DefaultIfEmpty().Max();
            return voter == 0 ? message : Readdress(message, message.To, voter);
        }

        return message;
    }

    private static Message Readdress(Message message, ulong to, ulong from) =>
        new()
        {
            Type = message.Type,
            To = to,
            From = from,
            Term = message.Term,
            LogTerm = message.LogTerm,
            Index = message.Index,
            Commit = message.Commit,
            Reject = message.Reject,
            RejectHint = message.RejectHint,
            Context = message.Context,
        };
}
