namespace EtcdSharp.Raft;

/// <summary>
/// The members of a configuration. It is joint when <see cref="VotersOutgoing"/> is not empty: then decisions need a
/// majority of both <see cref="Voters"/> and <see cref="VotersOutgoing"/> (Raft thesis, section 4.3).
/// </summary>
public sealed class ConfState : IEquatable<ConfState>
{
    public static ConfState Empty { get; } = new();

    public IReadOnlyList<ulong> Voters { get; init; } = [];

    public IReadOnlyList<ulong> Learners { get; init; } = [];

    public IReadOnlyList<ulong> VotersOutgoing { get; init; } = [];

    /// <summary>Voters of the outgoing half that become learners when the joint configuration is left.</summary>
    public IReadOnlyList<ulong> LearnersNext { get; init; } = [];

    /// <summary>The leader leaves the joint configuration by itself as soon as it is applied.</summary>
    public bool AutoLeave { get; init; }

    public bool Contains(ulong id) => Voters.Contains(id) || Learners.Contains(id) || VotersOutgoing.Contains(id);

    /// <summary>True when both name the same members in the same parts, in whatever order.</summary>
    public bool IsEquivalentTo(ConfState other) =>
        SameMembers(Voters, other.Voters)
        && SameMembers(Learners, other.Learners)
        && SameMembers(VotersOutgoing, other.VotersOutgoing)
        && SameMembers(LearnersNext, other.LearnersNext)
        && AutoLeave == other.AutoLeave;

    public bool Equals(ConfState? other) =>
        other is not null
        && Voters.SequenceEqual(other.Voters)
        && Learners.SequenceEqual(other.Learners)
        && VotersOutgoing.SequenceEqual(other.VotersOutgoing)
        && LearnersNext.SequenceEqual(other.LearnersNext)
        && AutoLeave == other.AutoLeave;

    public override bool Equals(object? obj) => Equals(obj as ConfState);

    public override int GetHashCode() => HashCode.Combine(Voters.Count, Learners.Count, VotersOutgoing.Count, AutoLeave);

    public override string ToString() =>
        $"Voters:{List(Voters)} VotersOutgoing:{List(VotersOutgoing)} Learners:{List(Learners)} "
        + $"LearnersNext:{List(LearnersNext)} AutoLeave:{(AutoLeave ? "true" : "false")}";

    private static string List(IReadOnlyList<ulong> ids) => $"[{string.Join(' ', ids)}]";

    private static bool SameMembers(IReadOnlyList<ulong> left, IReadOnlyList<ulong> right) =>
        left.Count == right.Count && left.Order().SequenceEqual(right.Order());
}
