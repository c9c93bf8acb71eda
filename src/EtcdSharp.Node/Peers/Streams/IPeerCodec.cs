using System.Buffers;
using EtcdSharp.Raft;

namespace EtcdSharp.Node.Peers.Streams;

/// <summary>How messages follow each other on one connection. An instance belongs to one direction of one connection.</summary>
internal interface IPeerCodec
{
    /// <returns>The bytes written.</returns>
    int Encode(Message message, IBufferWriter<byte> destination);

    ValueTask<Message> DecodeAsync(PeerFrameReader reader);
}
