using System.Buffers;

namespace EtcdSharp.Grpc;

/// <summary>Hands over the bytes of a message as they are. What was decoded lives as long as <see cref="Marshaller{T}.Decode"/> says.</summary>
public sealed class RawMarshaller : Marshaller<ReadOnlySequence<byte>>
{
    public static RawMarshaller Instance { get; } = new();

    public override long Size(ReadOnlySequence<byte> message) => message.Length;

    public override void Encode(ReadOnlySequence<byte> message, IBufferWriter<byte> output)
    {
        foreach (ReadOnlyMemory<byte> segment in message)
        {
            output.Write(segment.Span);
        }
    }

    public override ReadOnlySequence<byte> Decode(in ReadOnlySequence<byte> bytes) => bytes;
}
