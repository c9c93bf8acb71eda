using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>Carries messages between members: late, twice, in another order or not at all.</summary>
internal sealed class Network(World world, SeededRandom random)
{
    private readonly HashSet<(ulong From, ulong To)> _cut = [];

    /// <summary>Messages lost and sent twice, out of 1000.</summary>
    public int LossPerMille { get; set; }

    public int TwicePerMille { get; set; }

    public long ExtraDelayNanoseconds { get; set; }

    public void Cut(ulong from, ulong to) => _cut.Add((from, to));

    public void Mend(ulong from, ulong to) => _cut.Remove((from, to));

    public void MendAll()
    {
        _cut.Clear();
        LossPerMille = 0;
        TwicePerMille = 0;
        ExtraDelayNanoseconds = 0;
    }

    public bool IsCut(ulong from, ulong to) => _cut.Contains((from, to));

    public long Delay()
    {
        var delay = Shape.Millisecond / 5 + (random.Next(2_000_000) * (random.Next(50) == 0 ? 50L : 1L));
        return ExtraDelayNanoseconds == 0 ? delay : delay + random.Next((int)Math.Min(int.MaxValue, ExtraDelayNanoseconds));
    }

    public void Send(SimMember from, Message message, byte[]? database = null)
    {
        if (IsCut(from.Id, message.To) || random.Next(1000) < LossPerMille || message.To > (ulong)world.Members.Count)
        {
            Lost(from, message);
            return;
        }

        Deliver(from, message, database);

        // The streams between members never repeat a message on their own; what raft sends again by itself it may.
        if (
            random.Next(1000) < TwicePerMille
            && message.Type is not (MessageType.MsgProp or MessageType.MsgSnap or MessageType.MsgReadIndex)
        )
        {
            Deliver(from, message, null);
        }
    }

    private void Deliver(SimMember from, Message message, byte[]? database)
    {
        var incarnation = from.Incarnation;
        world.After(
            Delay(),
            () =>
            {
                var target = world.Member(message.To);
                if (IsCut(from.Id, target.Id) || !target.IsUp)
                {
                    if (from.Incarnation == incarnation)
                    {
                        Lost(from, message);
                    }

                    return;
                }

                target.Receive(message, database);
                if (message.Type == MessageType.MsgSnap && from.Incarnation == incarnation)
                {
                    from.Do(() => from.SnapshotReported(message.To, SnapshotDelivery.Delivered));
                }
            }
        );
    }

    private void Lost(SimMember from, Message message)
    {
        if (message.Type == MessageType.MsgSnap)
        {
            from.Do(() => from.SnapshotReported(message.To, SnapshotDelivery.Failed));
        }
        else if (random.Next(4) == 0)
        {
            from.Do(() => from.Unreachable(message.To));
        }
    }
}
