using EtcdSharp.Api;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Clients;

/// <summary>
/// Asks those who may be wrong about leading: a member that has just begun to lead, and all who believe that they lead
/// while there is more than one of them. Random clients seldom come to the right member in such a moment.
/// </summary>
internal sealed class Prober(World world)
{
    private const long Interval = 40 * Shape.Millisecond;

    private bool _isWatching;

    public int Probes { get; private set; }

    public void BeganToLead(SimMember member)
    {
        if (!_isWatching)
        {
            _isWatching = true;
            world.After(Interval, AskAllLeaders);
        }

        for (var i = 0; i < 4; i++)
        {
            world.After(world.WorkRandom.Next(6_000_000), () => Probe(member, renews: true));
        }
    }

    /// <summary>As long as more than one member believes that it leads.</summary>
    private void AskAllLeaders()
    {
        var leaders = world.Members.Where(one => one.IsUp && one.State.IsLeader).ToList();
        _isWatching = leaders.Count > 1;
        if (_isWatching)
        {
            var newest = leaders.Max(one => one.State.RaftTerm);
            leaders.ForEach(one => Probe(one, renews: one.State.RaftTerm != newest));
            world.After(Interval, AskAllLeaders);
        }
    }

    /// <summary>
    /// Leases are renewed at those alone that may be wrong: a renewal at the leader would make good what another one has
    /// promised without being it.
    /// </summary>
    private void Probe(SimMember member, bool renews)
    {
        if (world.IsEnding)
        {
            return;
        }

        Probes++;
        Call(
            member,
            new Operation(
                world.NextId(),
                RequestKind.Range,
                new RangeRequest { Key = ByteString.CopyFromUtf8("k"), RangeEnd = ByteString.CopyFromUtf8("l") }
            )
        );
        if (renews && world.WorkRandom.Next(4) == 0 && world.Leases.Promises.Count != 0)
        {
            var lease = world.Leases.Promises[world.WorkRandom.Next(world.Leases.Promises.Count)];
            Call(member, new Operation(world.NextId(), Operation.KeepAlive, new LeaseKeepAliveRequest { ID = lease }));
        }
    }

    private void Call(SimMember member, Operation asked)
    {
        var operation = world.Clients.Invoked(asked);
        member.Do(
            () => member.Handle(operation, answer => world.After(world.Network.Delay(), () => Answered(operation, answer))),
            WorkSource.Client
        );
    }

    private void Answered(Operation operation, Answer answer)
    {
        if (answer.IsUnknown)
        {
            return;
        }

        world.Clients.Answered(operation, answer);
        if (answer.Response is LeaseKeepAliveResponse renewal)
        {
            world.Leases.Promised(renewal.ID, renewal.TTL, operation.InvokedAt);
        }
    }
}
