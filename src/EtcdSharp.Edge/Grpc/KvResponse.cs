using System.Buffers;
using System.Collections.Concurrent;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Answers;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// A response of the KV service on its way out: the numbers of its header and the bytes that the store or the apply
/// loop has encoded already. Pooled; the marshaller gives it back once it is written.
/// </summary>
internal sealed class KvResponse : IMessagePieces
{
    /// <summary>As many as calls are commonly under way at once.</summary>
    private const int PooledMax = 1024;

    private const int HeaderField = 1;
    private const int StreamedRangeField = 1;
    private const int MoreField = 3;
    private const int CountField = 4;

    /// <summary>More: 2 bytes; count: a tag and at most 10.</summary>
    private const int TailBytesMax = 13;

    private static readonly ConcurrentQueue<KvResponse> Pool = new();

    private ulong _clusterId;
    private ulong _memberId;
    private ulong _term;
    private long _revision;
    private bool _hasHeader;
    private bool _isStreamed;
    private ResponseBody? _body;
    private RangeResult? _range;
    private ISlicedAnswer? _walk;
    private LargeRead? _read;
    private bool _begun;
    private bool _more;
    private long _count;

    private KvResponse() { }

    /// <summary>With a header; <paramref name="body"/> becomes this object's to give back.</summary>
    public static KvResponse Rent(IReplicatedLog log, long revision, ResponseBody? body)
    {
        var response = Pool.TryDequeue(out var pooled) ? pooled : new KvResponse();
        response._clusterId = log.ClusterId;
        response._memberId = log.MemberId;
        response._term = log.Term;
        response._revision = revision;
        response._hasHeader = true;
        response._body = body;
        return response;
    }

    /// <summary>A RangeResponse; <paramref name="range"/> becomes this object's to give back.</summary>
    public static KvResponse Rent(IReplicatedLog log, RangeResult range)
    {
        var response = Rent(log, range.Revision, null);
        response._range = range;
        response._more = range.More;
        response._count = range.Count;
        return response;
    }

    /// <summary>
    /// A RangeResponse that is made already and written in one piece, and holds its room until the client has taken it; both become this
    /// object's to give back.
    /// </summary>
    public static KvResponse Rent(IReplicatedLog log, RangeResult range, LargeRead read)
    {
        var response = Rent(log, range);
        response._read = read;
        return response;
    }

    /// <summary>
    /// A RangeResponse that is written piece by piece; both become this object's to give back. The walk has measured.
    /// </summary>
    public static KvResponse Rent(IReplicatedLog log, RangeWalk walk, LargeRead read)
    {
        var response = Rent(log, walk.Revision, null);
        response._walk = walk;
        response._read = read;
        response._begun = false;
        response._more = walk.More;
        response._count = walk.Count;
        return response;
    }

    /// <summary>The answer to a transaction or a deletion that is written piece by piece, in the same way.</summary>
    public static KvResponse Rent(IReplicatedLog log, long revision, ISlicedAnswer answer, LargeRead read)
    {
        var response = Rent(log, revision, null);
        response._walk = answer;
        response._read = read;
        response._begun = false;
        return response;
    }

    /// <summary>One message of a RangeStream. Header, More and Count belong to the last one alone.</summary>
    public static KvResponse RentStreamed(IReplicatedLog log, RangeResult range, bool isLast, long revision, long count)
    {
        var response = Rent(log, revision, null);
        response._range = range;
        response._isStreamed = true;
        response._hasHeader = isLast;
        response._more = isLast && range.More;
        response._count = isLast ? count : 0;
        return response;
    }

    /// <summary>Whether it is written piece by piece, or as one that is waited for.</summary>
    public bool IsInPieces => _read is not null;

    long IMessagePieces.Size => SizeOfMessage() + (_walk?.Bytes ?? 0);

    public ValueTask<bool> WriteNextAsync(IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        if (_walk is not null)
        {
            return WriteSliceAsync(output, cancellationToken);
        }

        // Copied, it is given back before the client is waited for: the answer is held once.
        output.Advance(Write(output.GetSpan(Size())));
        _range!.Dispose();
        _range = null;
        _read!.HandOut();
        return new ValueTask<bool>(true);
    }

    private async ValueTask<bool> WriteSliceAsync(IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        await _read!.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return WriteNext(output);
        }
        finally
        {
            _read.GiveTurn();
        }
    }

    public int Size()
    {
        var size = SizeOfMessage();
        return _isStreamed ? ProtoWriter.SizeOfBytesField(StreamedRangeField, size) : size;
    }

    public int Write(Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        if (_isStreamed)
        {
            writer.WriteBytesHeader(StreamedRangeField, SizeOfMessage());
        }

        if (_hasHeader)
        {
            WriteHeader(ref writer);
        }

        if (_body is not null)
        {
            foreach (var piece in _body.Written)
            {
                writer.WriteRaw(piece.Span);
            }
        }

        if (_range is not null)
        {
            writer.WriteRaw(_range.Framed);
        }

        WriteTail(ref writer);
        return writer.Position;
    }

    public void Return()
    {
        _body?.Dispose();
        _body = null;
        _range?.Dispose();
        _range = null;
        _walk?.Dispose();
        _walk = null;
        _read?.Dispose();
        _read = null;
        _isStreamed = false;
        _more = false;
        _count = 0;
        if (Pool.Count < PooledMax)
        {
            Pool.Enqueue(this);
        }
    }

    private bool WriteNext(IBufferWriter<byte> output)
    {
        var piece = output.GetSpan(LargeReads.PieceBytes)[..LargeReads.PieceBytes];
        var writer = new ProtoWriter(piece);
        if (!_begun)
        {
            _begun = true;
            WriteHeader(ref writer);
        }

        var isWritten = _walk!.Write(writer.Remaining, LargeReads.KeysPerTurn, out var length);
        if (_walk.IsOvertaken)
        {
            throw new GrpcStatusException(EtcdError.Compacted.ToStatus());
        }

        var used = writer.Position + length;
        var isLast = isWritten && piece.Length - used >= TailBytesMax;
        if (isLast)
        {
            var tail = new ProtoWriter(piece[used..]);
            WriteTail(ref tail);
            used += tail.Position;
        }

        output.Advance(used);
        return isLast;
    }

    private void WriteTail(ref ProtoWriter writer)
    {
        if (_more)
        {
            writer.WriteField(MoreField, true);
        }

        if (_count != 0)
        {
            writer.WriteField(CountField, _count);
        }
    }

    private int SizeOfMessage() =>
        (_hasHeader ? ProtoWriter.SizeOfBytesField(HeaderField, SizeOfHeader()) : 0)
        + (int)(_body?.Length ?? 0)
        + (_range?.Framed.Length ?? 0)
        + (_more ? ProtoWriter.SizeOfField(MoreField, 1UL) : 0)
        + (_count != 0 ? ProtoWriter.SizeOfField(CountField, _count) : 0);

    private int SizeOfHeader() => SizeOf(1, _clusterId) + SizeOf(2, _memberId) + SizeOf(3, (ulong)_revision) + SizeOf(4, _term);

    private void WriteHeader(ref ProtoWriter writer)
    {
        writer.WriteBytesHeader(HeaderField, SizeOfHeader());
        Write(ref writer, 1, _clusterId);
        Write(ref writer, 2, _memberId);
        Write(ref writer, 3, (ulong)_revision);
        Write(ref writer, 4, _term);
    }

    private static int SizeOf(int field, ulong value) => value == 0 ? 0 : ProtoWriter.SizeOfField(field, value);

    private static void Write(ref ProtoWriter writer, int field, ulong value)
    {
        if (value != 0)
        {
            writer.WriteField(field, value);
        }
    }
}
