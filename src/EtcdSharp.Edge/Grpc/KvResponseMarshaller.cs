using System.Buffers;
using EtcdSharp.Grpc;

namespace EtcdSharp.Edge.Grpc;

/// <summary>Writes the responses of the KV service and gives them back to their pool.</summary>
internal sealed class KvResponseMarshaller : Marshaller<KvResponse>
{
    public static KvResponseMarshaller Instance { get; } = new();

    public override long Size(KvResponse message) => message.Size();

    public override void Encode(KvResponse message, IBufferWriter<byte> output) =>
        output.Advance(message.Write(output.GetSpan(message.Size())));

    public override IMessagePieces? Pieces(KvResponse message) => message.IsInPieces ? message : null;

    public override KvResponse Decode(in ReadOnlySequence<byte> bytes) =>
        throw new NotSupportedException("responses are written here, never read");

    public override void Release(KvResponse message) => message.Return();
}
