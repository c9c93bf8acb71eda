using System.Buffers;

namespace EtcdSharp.Grpc;

/// <summary>
/// Turns messages of one type into bytes and back. One instance serves all threads.
/// </summary>
public abstract class Marshaller<T>
{
    /// <summary>
    /// The exact number of bytes that <see cref="Encode"/> is going to write for this message. More than a message may have is refused
    /// with RESOURCE_EXHAUSTED, before it is encoded.
    /// </summary>
    public abstract long Size(T message);

    public abstract void Encode(T message, IBufferWriter<byte> output);

    /// <summary>Not null where the answer of a unary call is to be written piece by piece instead of with <see cref="Encode"/>.</summary>
    public virtual IMessagePieces? Pieces(T message) => null;

    /// <summary>
    /// Reads one message. The bytes are valid until the handler of a unary call has answered, or until the next message is asked of
    /// the stream. Throws <see cref="InvalidDataException"/> for bytes that are no such message.
    /// </summary>
    public abstract T Decode(in ReadOnlySequence<byte> bytes);

    /// <summary>
    /// Called once for every message the server has finished with, sent or abandoned, so that pooled messages find their way home.
    /// </summary>
    public virtual void Release(T message) { }
}
