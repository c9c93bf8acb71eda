using System.Buffers;
using EtcdSharp.Api;
using Google.Protobuf;

namespace EtcdSharp.Grpc.Tests.Support;

/// <summary>Answers of as many bytes as the lease field says, written in pieces.</summary>
internal sealed class PiecesMarshaller(int pieceBytes, long failsAt = long.MaxValue) : Marshaller<PutRequest>
{
    private long written;
    private int released;

    /// <summary>Bytes written so far, of all answers.</summary>
    public long Written => Interlocked.Read(ref written);

    public int Released => Volatile.Read(ref released);

    public override long Size(PutRequest message) => throw new InvalidOperationException("it is not encoded at once");

    public override void Encode(PutRequest message, IBufferWriter<byte> output) => Size(message);

    public override PutRequest Decode(in ReadOnlySequence<byte> bytes) => new() { Value = ByteString.CopyFrom(bytes.ToArray()) };

    public override IMessagePieces Pieces(PutRequest message) => new Answer(this, message.Lease);

    public override void Release(PutRequest message) => Interlocked.Increment(ref released);

    private sealed class Answer(PiecesMarshaller owner, long size) : IMessagePieces
    {
        private long at;

        public long Size => size;

        public ValueTask<bool> WriteNextAsync(IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (at >= owner.FailsAt)
            {
                throw new GrpcStatusException(StatusCode.OutOfRange, "there is no more of it");
            }

            int length = (int)Math.Min(owner.PieceBytes, size - at);
            output.GetSpan(length)[..length].Fill((byte)(at / owner.PieceBytes));
            output.Advance(length);
            at += length;
            Interlocked.Add(ref owner.written, length);
            return new(at == size);
        }
    }

    private int PieceBytes => pieceBytes;

    private long FailsAt => failsAt;
}
