using EtcdSharp.Api.Errors;
using EtcdSharp.Raft;

namespace EtcdSharp.Replica.Membership;

/// <summary>
/// Which changes of the membership may be proposed (enough started members must remain for a quorum) and which may
/// be applied (ids and URLs must be free). Pure decisions over a <see cref="ClusterView"/>.
/// </summary>
internal static class ReconfigurationRules
{
    public static bool MayAddVoter(ClusterView view)
    {
        var started = view.Voters.Count(member => member.IsStarted);
        var voters = view.Voters.Count() + 1;

        // Growing from one member is how a lost cluster is restored: the second cannot have started yet.
        return (started == 1 && voters == 2) || started >= Quorum(voters);
    }

    public static bool MayRemoveVoter(ClusterView view, ulong id)
    {
        var remaining = view.Voters.Where(member => member.Id != id).ToArray();
        return remaining.Count(member => member.IsStarted) >= Quorum(remaining.Length);
    }

    /// <summary>The learner counts as a started voter already.</summary>
    public static bool MayPromote(ClusterView view) =>
        view.Voters.Count(member => member.IsStarted) + 1 >= Quorum(view.Voters.Count() + 1);

    /// <summary>Whether a committed change still makes sense; every member decides the same from the same view.</summary>
    public static EtcdError? CheckApply(ClusterView view, ConfChange change, int learnersMax)
    {
        var id = change.NodeId;
        if (view.Removed.Contains(id))
        {
            return EtcdError.MemberNotFound;
        }

        switch (change.Type)
        {
            case ConfChangeType.AddNode or ConfChangeType.AddLearnerNode:
                var (member, isPromote) = MemberJson.Decode(change.Context.Span);
                return isPromote ? CheckPromotion(view, id) : CheckAddition(view, id, member, change.Type, learnersMax);
            case ConfChangeType.RemoveNode:
                return view.Find(id) is null ? EtcdError.MemberNotFound : null;
            case ConfChangeType.UpdateNode:
                return view.Find(id) is null ? EtcdError.MemberNotFound
                    : AnyUrlTaken(view, MemberJson.Decode(change.Context.Span).Member, exceptId: id) ? EtcdError.PeerURLExist
                    : null;
            default:
                throw new InvalidDataException($"the log holds a configuration change of unknown type {change.Type}");
        }
    }

    private static EtcdError? CheckPromotion(ClusterView view, ulong id) =>
        view.Find(id) switch
        {
            null => EtcdError.MemberNotFound,
            { IsLearner: false } => EtcdError.MemberNotLearner,
            _ => null,
        };

    private static EtcdError? CheckAddition(ClusterView view, ulong id, MemberInfo member, ConfChangeType type, int learnersMax)
    {
        if (view.Find(id) is not null)
        {
            return EtcdError.MemberExist;
        }

        if (AnyUrlTaken(view, member, exceptId: 0))
        {
            return EtcdError.PeerURLExist;
        }

        var addsLearner = member.IsLearner && type == ConfChangeType.AddLearnerNode;
        return addsLearner && view.Members.Count(other => other.IsLearner) + 1 > learnersMax ? EtcdError.TooManyLearners : null;
    }

    private static bool AnyUrlTaken(ClusterView view, MemberInfo member, ulong exceptId) =>
        view
            .Members.Where(other => other.Id != exceptId)
            .SelectMany(other => other.PeerUrls)
            .Intersect(member.PeerUrls, StringComparer.Ordinal)
            .Any();

    private static int Quorum(int voters) => (voters / 2) + 1;
}
