using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Faults;

/// <summary>Brings the faults of a schedule about, and in the end takes all of them back.</summary>
internal sealed class Nemesis(World world)
{
    private const int MembersMax = 9;

    public int Happened { get; private set; }

    public void Begin(IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
        {
            world.After(fault.At, () => Happen(fault));
        }
    }

    public void MendAll()
    {
        world.Network.MendAll();
        foreach (var member in world.Members.Where(member => !member.IsRemoved))
        {
            member.DiskFaults.Heal(member);
            if (member.IsPaused)
            {
                member.Resume();
            }

            if (!member.IsUp)
            {
                member.Start();
            }
        }
    }

    private void Happen(Fault fault)
    {
        Happened++;
        var members = world.Members.Where(one => !one.IsRemoved).ToList();
        var member = members[fault.First % members.Count];
        var other = members[fault.Second % members.Count];
        if (fault.Second % 3 == 0 && members.Find(one => one.IsUp && one.State.IsLeader) is { } leader)
        {
            // What happens to the leader matters most.
            member = leader;
        }

        if (fault.Kind is not FaultKind.CompareHashes)
        {
            world.Note($"fault {fault.Kind} {member.Number} {other.Number}");
        }

        switch (fault.Kind)
        {
            case FaultKind.Isolate:
                CutBetween([member], members.Except([member]), fault.Duration, bothWays: true);
                break;
            case FaultKind.CutOneWay:
                CutBetween([member], fault.Amount % 2 == 0 ? [other] : members.Except([member]), fault.Duration, bothWays: false);
                break;
            case FaultKind.Split:
                var side = members.Where((_, i) => ((fault.Amount >> i) & 1) == 0).ToList();
                CutBetween(side, members.Except(side), fault.Duration, bothWays: true);
                break;
            case FaultKind.LossyNetwork:
                world.Network.LossPerMille = fault.Amount / 3;
                world.After(fault.Duration, () => world.Network.LossPerMille = 0);
                break;
            case FaultKind.RepeatingNetwork:
                world.Network.TwicePerMille = fault.Amount / 2;
                world.After(fault.Duration, () => world.Network.TwicePerMille = 0);
                break;
            case FaultKind.SlowNetwork:
                world.Network.ExtraDelayNanoseconds = fault.Amount * Shape.Millisecond / 2;
                world.After(fault.Duration, () => world.Network.ExtraDelayNanoseconds = 0);
                break;
            case FaultKind.Pause:
                Pause(member, fault.Duration);
                break;
            case FaultKind.TransferLeader:
                members.ForEach(one => one.TransferLeader(other.Id));
                break;
            case FaultKind.AddMember or FaultKind.RemoveMember:
                ChangeMembership(fault, member);
                break;
            case FaultKind.Defragment:
                member.Do(member.Defragment);
                break;
            case FaultKind.CompareHashes:
                members.ForEach(one => one.Do(() => world.State.CompareHash(one)));
                break;
            default:
                HurtDisk(fault, member);
                break;
        }
    }

    private void HurtDisk(Fault fault, SimMember member)
    {
        if (!member.IsUp)
        {
            return;
        }

        switch (fault.Kind)
        {
            case FaultKind.Kill:
                Crash(member, powerLoss: false, fault.Duration);
                break;
            case FaultKind.PowerLoss:
                Crash(member, powerLoss: true, fault.Duration);
                break;
            case FaultKind.PowerLossInWrite:
                member.DiskFaults.CutPowerIn(member, fault.Amount % 40);
                break;
            case FaultKind.PowerLossAtSnapshot:
                member.PowerLossAtSnapshot = fault.Amount % 24;
                break;
            case FaultKind.PowerLossAtDefragmentation:
                member.DiskFaults.CutPowerIn(member, fault.Amount % 24);
                member.Do(member.Defragment);
                break;
            case FaultKind.DiskError:
                member.DiskFaults.FailIn(member, fault.Amount % 40);
                break;
            case FaultKind.DiskFull:
                member.DiskFaults.FillUp(member, fault.Amount * 20L);
                world.After(fault.Duration, () => member.DiskFaults.Heal(member));
                break;
            default:
                member.DiskFaults.SlowNanoseconds = fault.Amount * Shape.Millisecond / 2;
                world.After(fault.Duration, () => member.DiskFaults.SlowNanoseconds = 0);
                break;
        }
    }

    private void CutBetween(IEnumerable<SimMember> left, IEnumerable<SimMember> right, long duration, bool bothWays)
    {
        foreach (
            var (from, to) in left.SelectMany(one => right.Where(other => other != one).Select(other => (one.Id, other.Id)))
                .ToList()
        )
        {
            world.Network.Cut(from, to);
            world.After(duration, () => world.Network.Mend(from, to));
            if (bothWays)
            {
                world.Network.Cut(to, from);
                world.After(duration, () => world.Network.Mend(to, from));
            }
        }
    }

    private void Pause(SimMember member, long duration)
    {
        if (!member.IsUp || member.IsPaused)
        {
            return;
        }

        member.Pause();
        var incarnation = member.Incarnation;
        world.After(
            duration,
            () =>
            {
                if (member.Incarnation == incarnation && member.IsPaused)
                {
                    member.Resume();
                }
            }
        );
    }

    private void Crash(SimMember member, bool powerLoss, long duration)
    {
        member.Crash(powerLoss);
        var incarnation = member.Incarnation;
        world.After(
            duration,
            () =>
            {
                if (!member.IsUp && member.Incarnation == incarnation)
                {
                    member.Start();
                }
            }
        );
    }

    /// <summary>One change at a time, and only while everyone is there: a cluster that is cut to pieces by its operator proves nothing.</summary>
    private void ChangeMembership(Fault fault, SimMember candidate)
    {
        var leader = world.Members.FirstOrDefault(one =>
            one.IsUp && !one.IsPaused && one.State.IsLeader && one.Raft.BasicStatus.SoftState.Role == RaftRole.Leader
        );
        if (leader is null || world.Members.Any(one => !one.IsRemoved && (!one.IsUp || one.IsPaused)))
        {
            return;
        }

        var view = leader.Store.Cluster.View;
        var learner = view.Members.FirstOrDefault(one => one.IsLearner);
        if (learner is not null)
        {
            var lag = leader.State.AppliedIndex - Math.Min(leader.State.AppliedIndex, world.Find(learner.Id)!.State.AppliedIndex);
            if (lag < 5 && fault.Amount % 4 == 0)
            {
                Propose(leader, ConfChangeType.AddNode, learner.Id, MemberJson.EncodePromotion(learner.Id));
            }
        }
        else if (
            fault.Kind == FaultKind.RemoveMember
            && view.Members.Count > 1
            && world.Members.Count(one => !one.IsRemoved) == view.Members.Count
        )
        {
            Propose(leader, ConfChangeType.RemoveNode, candidate.Id, default);
        }
        else if (fault.Kind == FaultKind.AddMember && view.Members.Count < 7)
        {
            // One whose addition was lost is added again before another one is made.
            var known = world.Members.FirstOrDefault(one =>
                one.Joins && !one.IsRemoved && view.Find(one.Id) is null && !view.Removed.Contains(one.Id)
            );
            if (known is null && world.Members.Count == MembersMax)
            {
                return;
            }

            if (known is null)
            {
                known = world.AddMember(joins: true);
                known.Start();
            }

            var described = SimMember.Describe(known.Number) with { IsLearner = true, Name = "" };
            Propose(leader, ConfChangeType.AddLearnerNode, known.Id, MemberJson.Encode(described));
        }
    }

    private void Propose(SimMember leader, ConfChangeType type, ulong id, ReadOnlyMemory<byte> context) =>
        leader.ProposeConfiguration(new ConfChange(world.NextId(), type, id, context));
}
