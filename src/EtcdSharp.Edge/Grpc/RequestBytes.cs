using System.Buffers;

namespace EtcdSharp.Edge.Grpc;

/// <summary>The bytes of a request in one piece: as they came when they are, else copied.</summary>
internal static class RequestBytes
{
    public static ReadOnlyMemory<byte> Contiguous(in ReadOnlySequence<byte> request) =>
        request.IsSingleSegment ? request.First : request.ToArray();
}
