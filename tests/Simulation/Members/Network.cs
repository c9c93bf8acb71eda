using System.Buffers;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>
/// Carries messages between members. In some runs over streams as the program's: in order, encoded by the program's
/// codecs, and gone with everything under way when the connection breaks. In the others every message finds its own way:
/// late, twice, in another order or not at all, which is worse than any real network between members.
/// </summary>
internal sealed class Network(World world, SeededRandom random)
{
    private readonly HashSet<(ulong From, ulong To)> _cut = [];
    private readonly Dictionary<(ulong From, ulong To), PeerStreams> _streams = [];

    /// <summary>Messages lost and sent twice, out of 1000; over streams: connections broken.</summary>
    public int LossPerMille { get; set; }

    public int TwicePerMille { get; set; }

    public long ExtraDelayNanoseconds { get; set; }

    public long MessagesSent { get; private set; }

    /// <summary>Messages that went through the program's encoding.</summary>
    public long MessagesEncoded { get; private set; }

    public void Cut(ulong from, ulong to) => _cut.Add((from, to));

    public void Mend(ulong from, ulong to) => _cut.Remove((from, to));

    public void MendAll()
    {
        _cut.Clear();
        LossPerMille = 0;
        TwicePerMille = 0;
        ExtraDelayNanoseconds = 0;
    }

    public bool IsCut(ulong from, ulong to) => _cut.Count != 0 && _cut.Contains((from, to));

    public long Delay()
    {
        var delay = Shape.Millisecond / 5 + (random.Next(2_000_000) * (random.Next(50) == 0 ? 50L : 1L));
        return ExtraDelayNanoseconds == 0 ? delay : delay + random.Next((int)Math.Min(int.MaxValue, ExtraDelayNanoseconds));
    }

    public void Send(SimMember from, Message message)
    {
        MessagesSent++;
        if (world.Find(message.To) is not { } to)
        {
            return;
        }

        if (world.Shape.Wire == WireKind.Streams)
        {
            MessagesEncoded++;
            Streams(from, to).Send(message, LossPerMille != 0 && random.Next(1000) < LossPerMille);
            return;
        }

        if (IsCut(from.Id, to.Id) || (LossPerMille != 0 && random.Next(1000) < LossPerMille))
        {
            Lost(from, to.Id);
            return;
        }

        var received = world.Shape.Wire == WireKind.Datagrams ? Recoded(message) : message;
        Deliver(from, to, received);

        // The streams between members never repeat a message on their own; what raft sends again by itself it may.
        if (
            TwicePerMille != 0
            && random.Next(1000) < TwicePerMille
            && message.Type is not (MessageType.MsgProp or MessageType.MsgReadIndex)
        )
        {
            Deliver(from, to, received);
        }
    }

    public void SendSnapshot(SimMember from, Message message, byte[] body)
    {
        var (target, index, incarnation) = (message.To, message.Snapshot!.Metadata.Index, from.Incarnation);
        var isReported = false;
        void Report(SnapshotDelivery delivery)
        {
            if (!isReported && from.Incarnation == incarnation)
            {
                isReported = true;
                from.Do(() =>
                {
                    if (delivery == SnapshotDelivery.Failed)
                    {
                        from.Events.ReportUnreachable(target);
                    }

                    from.Events.ReportSnapshot(target, delivery);
                });
            }
        }

        var isLost = random.Next(1000) < LossPerMille;
        world.After(
            Delay(),
            () =>
            {
                var to = world.Find(target);
                if (to is null || isLost || !to.IsUp || IsCut(from.Id, target))
                {
                    Report(SnapshotDelivery.Failed);
                    return;
                }

                Introduce(from, to);
                FailWithReceiver(to, to.Incarnation, Report);
                to.ReceiveSnapshot(body, index, Report);
            }
        );
    }

    /// <summary>A request ends when the process that serves it does.</summary>
    private void FailWithReceiver(SimMember to, int incarnation, Action<SnapshotDelivery> report) =>
        world.After(
            Shape.Second,
            () =>
            {
                if (to.Incarnation != incarnation)
                {
                    report(SnapshotDelivery.Failed);
                }
                else if (to.IsPaused)
                {
                    FailWithReceiver(to, incarnation, report);
                }
            }
        );

    /// <summary>A connection tells who opened it; a member that was removed is told so instead.</summary>
    public static bool Introduce(SimMember from, SimMember to)
    {
        if (to.Store.Cluster.View.Removed.Contains(from.Id))
        {
            from.Do(() => from.Events.RemovedFromCluster());
            return false;
        }

        to.Transport.AddRemote(from.Id);
        return true;
    }

    public void Lost(SimMember from, ulong to)
    {
        if (random.Next(4) == 0)
        {
            from.Do(() => from.Events.ReportUnreachable(to));
        }
    }

    private PeerStreams Streams(SimMember from, SimMember to)
    {
        if (!_streams.TryGetValue((from.Id, to.Id), out var streams))
        {
            _streams[(from.Id, to.Id)] = streams = new PeerStreams(world, from, to);
        }

        return streams;
    }

    private void Deliver(SimMember from, SimMember to, Message message)
    {
        var incarnation = from.Incarnation;
        world.After(
            Delay(),
            () =>
            {
                if (!to.IsUp || IsCut(from.Id, to.Id))
                {
                    if (from.Incarnation == incarnation)
                    {
                        Lost(from, to.Id);
                    }

                    return;
                }

                if (Introduce(from, to))
                {
                    to.Do(() => to.Events.Receive(message), WorkSource.Peer);
                }
            }
        );
    }

    private Message Recoded(Message message)
    {
        MessagesEncoded++;
        var size = RaftWire.SizeOf(message);
        var bytes = new byte[size];
        RaftWire.Encode(message, bytes);
        return RaftWire.TryDecode(bytes, out Message? decoded)
            ? decoded
            : throw new Violation("messages can be read", $"{message.Type} from {message.From}");
    }
}
