using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// Answers a range in chunks, all of one revision, so that neither side ever holds the whole result. The chunks grow
/// or shrink until they have about the size that is aimed at.
/// </summary>
internal sealed class RangeStreamer(
    IReplicatedLog log,
    MvccStore store,
    Authentication access,
    LargeReads largeReads,
    int maxRequestBytes
)
{
    private const long FirstChunkKeys = 10;

    /// <summary>
    /// A chunk ends with the key-value that reaches this, whatever the number of its keys: ten keys may have 15 MB.
    /// </summary>
    private const int ChunkBytesMax = 512 * 1024;

    /// <summary>Half of the largest chunk, or the largest request where that is less.</summary>
    private readonly int _chunkBytesTarget = Math.Min(maxRequestBytes, ChunkBytesMax / 2);

    /// <summary>The caller is asked for every chunk: the users and roles of the moment decide.</summary>
    public async ValueTask<GrpcStatus> StreamAsync(
        byte[] request,
        Caller? caller,
        GrpcStreamWriter<KvResponse> responses,
        CallContext call
    )
    {
        var cancelled = call.CancellationToken;
        using var read = await largeReads.EnterAsync(BytesHeld(request), call, cancelled).ConfigureAwait(false);
        if (IsSorted(request))
        {
            return await StreamSortedAsync(request, caller, responses, read, cancelled).ConfigureAwait(false);
        }

        var chunk = new ChunkState { KeysWanted = FirstChunkKeys };
        while (true)
        {
            if (CheckRead(request, caller) is { } refusal)
            {
                return refusal.ToStatus();
            }

            await read.TakeTurnAsync(cancelled).ConfigureAwait(false);
            KvResponse? response;
            GrpcStatus status;
            try
            {
                (response, status) = ReadChunk(request, chunk);
            }
            finally
            {
                read.GiveTurn();
            }

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

    /// <summary>A target without an order sorts ascending, over the whole answer as Range does it.</summary>
    private async ValueTask<GrpcStatus> StreamSortedAsync(
        byte[] request,
        Caller? caller,
        GrpcStreamWriter<KvResponse> responses,
        LargeRead read,
        CancellationToken cancelled
    )
    {
        RequestParsing.TryReadRange(request, out var query, out _);
        if (CheckRead(request, caller) is { } refusal)
        {
            return refusal.ToStatus();
        }

        using var walk = store.BeginWalk(query, out var status);
        if (walk is null)
        {
            return MvccErrors.Of(status).ToStatus();
        }

        await read.MeasureAsync(walk, cancelled).ConfigureAwait(false);
        for (var isLast = false; !isLast; )
        {
            if (CheckRead(request, caller) is { } withdrawn)
            {
                return withdrawn.ToStatus();
            }

            await read.TakeTurnAsync(cancelled).ConfigureAwait(false);
            KvResponse response;
            try
            {
                var found = RangeResult.Rent();
                isLast = walk.WriteSorted(found, _chunkBytesTarget, LargeReads.KeysPerTurn);
                response = KvResponse.RentStreamed(log, found, isLast, walk.Revision, walk.Count);
            }
            finally
            {
                read.GiveTurn();
            }

            if (walk.IsOvertaken)
            {
                response.Return();
                return EtcdError.Compacted.ToStatus();
            }

            if (!await responses.WriteAsync(response).ConfigureAwait(false))
            {
                break;
            }
        }

        return GrpcStatus.Ok;
    }

    private static bool IsSorted(byte[] request)
    {
        RequestParsing.TryReadRange(request, out var query, out _);
        return query.NeedsSort && !query.CountOnly;
    }

    /// <summary>The chunk in the response's pipe and the one being read.</summary>
    private long BytesHeld(byte[] request) =>
        (2L * ChunkBytesMax) + (IsSorted(request) ? store.KeyCount * RangeHits.BytesPerHit : 0);

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
            query.StopsAtLimit = true;
            query.BytesMax = ChunkBytesMax;
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

        chunk.Adjust(found.Framed.Length, _chunkBytesTarget);
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
