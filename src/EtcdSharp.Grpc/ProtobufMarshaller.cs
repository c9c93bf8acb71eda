using System.Buffers;
using Google.Protobuf;

namespace EtcdSharp.Grpc;

/// <summary>The marshaller for classes generated from proto/.</summary>
public sealed class ProtobufMarshaller<T> : Marshaller<T>
    where T : class, IMessage<T>, new()
{
    private static readonly MessageParser<T> Parser = new(static () => new T());

    public static ProtobufMarshaller<T> Instance { get; } = new();

    public override long Size(T message) => message.CalculateSize();

    public override void Encode(T message, IBufferWriter<byte> output) => message.WriteTo(output);

    public override T Decode(in ReadOnlySequence<byte> bytes)
    {
        try
        {
            return Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new InvalidDataException(failure.Message, failure);
        }
    }
}
