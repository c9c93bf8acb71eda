using EtcdSharp.Raft;

namespace EtcdSharp.Server.Node;

/// <summary>What the log is applied to. All calls come from the apply loop, in log order, within the entry's backend batch.</summary>
internal interface IStateMachine
{
    /// <summary>
    /// Applies a request. <paramref name="someoneWaits"/> is false when no caller of this member waits for the
    /// answer, so that none need be made.
    /// </summary>
    ApplyResult Apply(in Entry entry, in DecodedRequest request, bool someoneWaits);

    /// <summary>The entry that a new leader begins its term with.</summary>
    void ApplyEmpty(in Entry entry);

    /// <summary>A request of etcd's old API, as logs of earlier releases hold them.</summary>
    void ApplyLegacy(in Entry entry);

    /// <summary>
    /// Changes the membership if the change still makes sense. <paramref name="takeEffect"/> must be called in any
    /// case, with a change of no member when it is refused.
    /// </summary>
    ApplyResult ApplyConfiguration(in Entry entry, ConfChange change, Func<ConfChange, ConfState> takeEffect);

    /// <summary>True when the caller must not hear of the result before something else has happened.</summary>
    bool MustHold(in ApplyResult result);

    /// <summary>Takes over a request that has its result, to complete it later.</summary>
    void Hold(IAppliedRequest request);
}
