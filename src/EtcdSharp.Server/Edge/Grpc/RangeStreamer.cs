using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Edge.Grpc;

/// <summary>
/// Answers a range in chunks, all of one revision, so that neither side ever holds the whole result. The chunks grow
/// or shrink until they have about the size of the largest request.
/// </summary>
internal sealed class RangeStreamer(IReplicatedLog log, MvccStore store, int chunkBytesTarget)
{
    private const long FirstChunkKeys = 10;

    public async ValueTask<GrpcStatus> StreamAsync(byte[] request, GrpcStreamWriter<KvResponse> responses)
    {
        var chunk = new ChunkState { KeysWanted = FirstChunkKeys };
        while (true)
        {
            var (response, status) = ReadChunk(request, chunk);
            if (response is null)
            {
                return status;
            }

            if (!await responses.WriteAsync(response).ConfigureAwait(false) || chunk.IsLast)
            {
                return GrpcStatus.Ok;
            }
        }
    }

    private (KvResponse? Response, GrpcStatus Status) ReadChunk(byte[] request, ChunkState chunk)
    {
        RequestParsing.TryReadRange(request, out var query, out _);
        var limit = query.Limit <= 0 ? long.MaxValue : query.Limit;
        if (chunk.NextKey is { } nextKey)
        {
            query.Key = nextKey;
            query.Revision = query.Revision != 0 ? query.Revision : chunk.Revision;
        }

        if (!query.CountOnly)
        {
            query.Limit = Math.Min(chunk.KeysWanted, limit - chunk.KeysSent);
        }

        var found = RangeResult.Rent();
        var status = store.Range(query, found);
        if (status != MvccStatus.Ok)
        {
            found.Dispose();
            return (null, MvccErrors.Of(status).ToStatus());
        }

        chunk.Revision = chunk.Revision != 0 ? chunk.Revision : found.Revision;

        // The store counts every match from the key on, beyond the limit too: with what was sent, that is the total.
        var total = chunk.KeysSent + found.Count;
        chunk.KeysSent += found.KeyValueCount;
        chunk.IsLast = query.CountOnly || !found.More || chunk.KeysSent == limit;
        if (!chunk.IsLast)
        {
            chunk.NextKey = [.. KeyOf(found.KeyValue(found.KeyValueCount - 1)), 0];
            chunk.Adjust(found.Framed.Length, chunkBytesTarget);
        }

        return (KvResponse.RentStreamed(log, found, chunk.IsLast, chunk.Revision, total), GrpcStatus.Ok);
    }

    private static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> keyValue)
    {
        var reader = new ProtoReader(keyValue);
        while (reader.NextField())
        {
            if (reader.Field == 1)
            {
                return reader.ReadBytes();
            }

            reader.Skip();
        }

        throw new InvalidDataException("a stored key-value has no key");
    }

    private sealed class ChunkState
    {
        public byte[]? NextKey { get; set; }

        public long Revision { get; set; }

        public long KeysSent { get; set; }

        public long KeysWanted { get; set; }

        public bool IsLast { get; set; }

        /// <summary>Doubles or halves only when the chunk was far off, so that the size does not swing.</summary>
        public void Adjust(int bytes, int bytesTarget)
        {
            if (bytes < bytesTarget / 2)
            {
                KeysWanted *= 2;
            }
            else if (bytes > bytesTarget * 2L)
            {
                KeysWanted = Math.Max(1, KeysWanted / 2);
            }
        }
    }
}
