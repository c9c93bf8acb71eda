using System.Buffers;
using EtcdSharp.Node.Peers;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Raft;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>One connection of one direction, with the program's codec and reader on its ends.</summary>
internal sealed class PeerStream
{
    private readonly World _world;
    private readonly SimMember _from;
    private readonly SimMember _to;
    private readonly int _fromIncarnation;
    private readonly int _toIncarnation;
    private readonly IPeerCodec _encoder;
    private readonly IPeerCodec _decoder;
    private readonly ArrayBufferWriter<byte> _written = new();
    private readonly ReceivedBytes _received = new();
    private readonly PeerFrameReader _reader;
    private readonly Queue<byte[]> _underWay = new();
    private readonly Action _arrive;
    private readonly Action _take;
    private long _lastArrival;
    private bool _isBroken;

    public PeerStream(World world, SimMember from, SimMember to, bool appends)
    {
        _world = world;
        _from = from;
        _to = to;
        _fromIncarnation = from.Incarnation;
        _toIncarnation = to.Incarnation;
        _encoder = appends ? new AppendCodec(from.Id, to.Id) : new MessageCodec();
        _decoder = appends ? new AppendCodec(from.Id, to.Id) : new MessageCodec();
        _reader = new PeerFrameReader(_received, PeerProtocol.SilenceMax, CancellationToken.None);
        _arrive = Arrive;
        _take = Take;
    }

    public bool IsOpen => !_isBroken && _from.Incarnation == _fromIncarnation && _to.Incarnation == _toIncarnation;

    public void Send(Message message)
    {
        _written.ResetWrittenCount();
        _encoder.Encode(message, _written);
        _underWay.Enqueue(_written.WrittenSpan.ToArray());
        _lastArrival = Math.Max(_lastArrival + 1, _world.Now + _world.Network.Delay());
        _world.After(_lastArrival - _world.Now, _arrive);
    }

    private void Arrive()
    {
        if (!IsOpen)
        {
            return;
        }

        if (_world.Network.IsCut(_from.Id, _to.Id))
        {
            _isBroken = true;
            _world.Network.Lost(_from, _to.Id);
            return;
        }

        _received.Add(_underWay.Dequeue());
        _to.Do(_take, WorkSource.Peer);
    }

    /// <summary>One message per arrival: what is held up by a pause is read afterwards, in order.</summary>
    private void Take()
    {
        var message = _decoder.DecodeAsync(_reader);
        if (!message.IsCompletedSuccessfully)
        {
            throw new Violation("messages can be read", $"a stream of member {_from.Number}: {message.AsTask().Exception}");
        }

        _to.Events.Receive(message.Result);
    }
}
