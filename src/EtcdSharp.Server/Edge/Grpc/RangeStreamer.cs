using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Auth;
using EtcdSharp.Server.Edge.Admission;
using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Edge.Grpc;

/// <summary>
/// Answers a range in chunks, all of one revision, so that neither side ever holds the whole result. The chunks grow
/// or shrink until they have about the size of the largest request.
/// </summary>
internal sealed class RangeStreamer(IReplicatedLog log, MvccStore store, Authentication access, int chunkBytesTarget)
{
    private const long FirstChunkKeys = 10;

    /// <summary>The caller is asked for every chunk: the users and roles of the moment decide.</summary>
    public async ValueTask<GrpcStatus> StreamAsync(byte[] request, Caller? caller, GrpcStreamWriter<KvResponse> responses)
    {
        var chunk = new ChunkState { KeysWanted = FirstChunkKeys };
        while (true)
        {
            if (CheckRead(request, caller) is { } refusal)
            {
                return refusal.ToStatus();
            }

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

    private EtcdError? CheckRead(byte[] request, Caller? caller)
    {
        RequestParsing.TryReadRange(request, out var query, out _);
        return access.View.CheckRead(caller, query.Key, query.RangeEnd);
    }

    private (KvResponse? Response, GrpcStatus Status) ReadChunk(byte[] request, ChunkState chunk)
    {
        RequestParsing.TryReadRange(request, out var query, out _);
        var limit = query.Limit <= 0 ? long.MaxValue : query.Limit;
        if (chunk.NextKey is { } nextKey)
        {
            query.Key = nextKey;
            query.Revision = chunk.Revision;
        }

        if (!query.CountOnly)
        {
            // Whatever the target, the order that was admitted is that of the keys.
            query.SortTarget = SortTarget.Key;
            query.StopsAtLimit = true;
            query.Limit = Math.Min(chunk.KeysWanted, limit - chunk.KeysSent);
        }

        var found = RangeResult.Rent();
        var status = store.Range(query, found);
        if (status == MvccStatus.Ok)
        {
            status = Advance(query, found, limit, chunk);
        }

        if (status != MvccStatus.Ok)
        {
            found.Dispose();
            return (null, MvccErrors.Of(status).ToStatus());
        }

        return (KvResponse.RentStreamed(log, found, chunk.IsLast, chunk.HeaderRevision, chunk.Count), GrpcStatus.Ok);
    }

    private MvccStatus Advance(in RangeQuery query, RangeResult found, long limit, ChunkState chunk)
    {
        if (chunk.Revision == 0)
        {
            chunk.HeaderRevision = found.Revision;
            chunk.Revision = query.Revision > 0 ? query.Revision : found.Revision;
        }

        chunk.KeysSent += found.KeyValueCount;
        chunk.Count = query.CountOnly ? found.Count : chunk.KeysSent;
        chunk.IsLast = query.CountOnly || !found.More || chunk.KeysSent == limit;
        if (query.CountOnly || !found.More)
        {
            return MvccStatus.Ok;
        }

        chunk.NextKey = [.. KeyOf(found.KeyValue(found.KeyValueCount - 1)), 0];
        if (chunk.IsLast)
        {
            return CountRest(query, chunk);
        }

        chunk.Adjust(found.Framed.Length, chunkBytesTarget);
        return MvccStatus.Ok;
    }

    /// <summary>The keys beyond the client's limit count too; once, at the end.</summary>
    private MvccStatus CountRest(in RangeQuery query, ChunkState chunk)
    {
        using var rest = RangeResult.Rent();
        var beyond = new RangeQuery
        {
            Key = chunk.NextKey,
            RangeEnd = query.RangeEnd,
            Revision = chunk.Revision,
            CountOnly = true,
        };
        var status = store.Range(beyond, rest);
        chunk.Count += rest.Count;
        return status;
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

        /// <summary>What all chunks are read at.</summary>
        public long Revision { get; set; }

        /// <summary>The newest revision when the first chunk was read.</summary>
        public long HeaderRevision { get; set; }

        public long Count { get; set; }

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
