namespace EtcdSharp.Raft;

/// <summary>
/// A change of any number of members, through a joint configuration where needed (Raft thesis, section 4.3). Without
/// changes and with <see cref="ConfChangeTransition.Auto"/> it leaves the joint configuration.
/// </summary>
public sealed record ConfChangeV2(
    ConfChangeTransition Transition,
    IReadOnlyList<ConfChangeSingle> Changes,
    ReadOnlyMemory<byte> Context
)
{
    public static ConfChangeV2 Leave { get; } = new(ConfChangeTransition.Auto, [], ReadOnlyMemory<byte>.Empty);

    public bool LeavesJoint => Transition == ConfChangeTransition.Auto && Changes.Count == 0;

    public bool EntersJoint => Transition != ConfChangeTransition.Auto || Changes.Count > 1;

    /// <summary>Whether a joint configuration entered by this change is left without a further proposal.</summary>
    public bool LeavesJointByItself => Transition != ConfChangeTransition.JointExplicit;

    public override string ToString()
    {
        var changes = string.Concat(Changes.Select(c => $" changes:{{type:ConfChange{c.Type} node_id:{c.NodeId}}}"));
        var context = Context.IsEmpty ? "" : $" context:{Context.Length} bytes";
        return $"transition:ConfChangeTransition{Transition}{changes}{context}";
    }
}
