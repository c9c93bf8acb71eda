using System.Collections.Concurrent;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Edge.Grpc;

/// <summary>
/// A response of the KV service on its way out: the numbers of its header and the bytes that the store or the apply
/// loop has encoded already. Pooled; the marshaller gives it back once it is written.
/// </summary>
internal sealed class KvResponse
{
    /// <summary>As many as calls are commonly under way at once.</summary>
    private const int PooledMax = 1024;

    private const int HeaderField = 1;
    private const int StreamedRangeField = 1;

    private static readonly ConcurrentQueue<KvResponse> Pool = new();

    private ulong _clusterId;
    private ulong _memberId;
    private ulong _term;
    private long _revision;
    private bool _hasHeader;
    private bool _isStreamed;
    private ResponseBody? _body;
    private RangeResult? _range;
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

        if (_more)
        {
            writer.WriteField(3, true);
        }

        if (_count != 0)
        {
            writer.WriteField(4, _count);
        }

        return writer.Position;
    }

    public void Return()
    {
        _body?.Dispose();
        _body = null;
        _range?.Dispose();
        _range = null;
        _isStreamed = false;
        _more = false;
        _count = 0;
        if (Pool.Count < PooledMax)
        {
            Pool.Enqueue(this);
        }
    }

    private int SizeOfMessage() =>
        (_hasHeader ? ProtoWriter.SizeOfBytesField(HeaderField, SizeOfHeader()) : 0)
        + (int)(_body?.Length ?? 0)
        + (_range?.Framed.Length ?? 0)
        + (_more ? ProtoWriter.SizeOfField(3, 1UL) : 0)
        + (_count != 0 ? ProtoWriter.SizeOfField(4, _count) : 0);

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
