using System.Buffers;

namespace EtcdSharp.Grpc;

/// <summary>The request messages of a call, one after the other, whoever brings them; one reader at a time.</summary>
internal interface IRequestReader
{
    /// <summary>What was read last, valid until the next one is asked for.</summary>
    ReadOnlySequence<byte> Message { get; }

    /// <summary>
    /// Why a read failed, in the words that the client is to hear. <see cref="StatusCode.Cancelled"/> says only that the wait was ended:
    /// the call knows why.
    /// </summary>
    GrpcStatus Failure { get; }

    ValueTask<MessageRead> ReadAsync();

    /// <summary>Makes a waiting <see cref="ReadAsync"/> come back with a failure. Any thread.</summary>
    void CancelPendingRead();
}
