using EtcdSharp.Raft;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>
/// The streams from one member to another: one for appends and one for the rest. A connection lasts until the network is
/// cut or one of both ends; what was under way is lost with it, and both codecs begin anew.
/// </summary>
internal sealed class PeerStreams(World world, SimMember from, SimMember to)
{
    private PeerStream? _appends;
    private PeerStream? _others;

    public void Send(Message message, bool breaks)
    {
        var isAppend = message.Type == MessageType.MsgApp;
        ref var stream = ref isAppend ? ref _appends : ref _others;
        if (breaks || world.Network.IsCut(from.Id, to.Id) || !to.IsUp)
        {
            stream = null;
            world.Network.Lost(from, to.Id);
            return;
        }

        if (stream is null || !stream.IsOpen)
        {
            if (!Network.Introduce(from, to))
            {
                return;
            }

            stream = new PeerStream(world, from, to, isAppend);
        }

        stream.Send(message);
    }
}
