using System.Buffers;

namespace EtcdSharp.Grpc;

/// <summary>
/// A message that is too large to be encoded at once. Its size is known beforehand; its bytes are written as the client
/// takes them, so that the server holds some pages of it and not the whole.
/// </summary>
public interface IMessagePieces
{
    /// <summary>The exact number of bytes that all pieces have together.</summary>
    long Size { get; }

    /// <summary>
    /// Writes what follows, at most some pages of it; true when that was the last. The server sends it, and waits until the client has
    /// taken it, before it asks again. Throws <see cref="OperationCanceledException"/> when the call has ended.
    /// </summary>
    /// <exception cref="GrpcStatusException">The rest cannot be written any more: the stream is reset.</exception>
    ValueTask<bool> WriteNextAsync(IBufferWriter<byte> output, CancellationToken cancellationToken);
}
