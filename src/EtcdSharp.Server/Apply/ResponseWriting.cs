using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Apply;

/// <summary>
/// Encodes the responses of the KV service. Inside a transaction a response has a header with the revision alone;
/// the response itself gets its full header from the service.
/// </summary>
internal static class ResponseWriting
{
    private const int HeaderField = 1;
    private const int HeaderRevisionField = 3;
    private const int ResponsesField = 3;

    /// <summary>The fields of a RangeResponse after its header.</summary>
    public static void WriteRange(ResponseBody body, RangeResult found)
    {
        var size = SizeOfRange(found);
        var writer = new ProtoWriter(body.GetSpan(size));
        WriteRangeFields(ref writer, found);
        body.Advance(writer.Position);
    }

    /// <summary>The number and, when asked for, the former key-values of a DeleteRangeResponse.</summary>
    public static void WriteDelete(ResponseBody body, long deleted, RangeResult? previous)
    {
        var writer = new ProtoWriter(body.GetSpan(SizeOfDelete(deleted, previous)));
        WriteDeleteFields(ref writer, deleted, previous);
        body.Advance(writer.Position);
    }

    public static void WritePut(ResponseBody body, RangeResult previous)
    {
        var writer = new ProtoWriter(body.GetSpan(previous.Framed.Length));
        writer.WriteRaw(previous.Framed);
        body.Advance(writer.Position);
    }

    public static void WriteRangeOperation(ResponseBody body, RangeResult found, long revision)
    {
        var writer = Begin(body, OperationKind.Range, SizeOfHeader(revision) + SizeOfRange(found));
        WriteHeader(ref writer, revision);
        WriteRangeFields(ref writer, found);
        body.Advance(writer.Position);
    }

    public static void WritePutOperation(ResponseBody body, RangeResult? previous, long revision)
    {
        var previousFramed = previous is null ? default : previous.Framed;
        var writer = Begin(body, OperationKind.Put, SizeOfHeader(revision) + previousFramed.Length);
        WriteHeader(ref writer, revision);
        writer.WriteRaw(previousFramed);
        body.Advance(writer.Position);
    }

    public static void WriteDeleteOperation(ResponseBody body, long deleted, RangeResult? previous, long revision)
    {
        var writer = Begin(body, OperationKind.DeleteRange, SizeOfHeader(revision) + SizeOfDelete(deleted, previous));
        WriteHeader(ref writer, revision);
        WriteDeleteFields(ref writer, deleted, previous);
        body.Advance(writer.Position);
    }

    /// <summary>An operation of which nothing was asked has an empty answer in its place.</summary>
    public static void WriteEmptyOperation(ResponseBody body)
    {
        var writer = new ProtoWriter(body.GetSpan(ProtoWriter.SizeOfBytesField(ResponsesField, 0)));
        writer.WriteBytesHeader(ResponsesField, 0);
        body.Advance(writer.Position);
    }

    /// <summary>Frames what was written from <paramref name="start"/> on as the response of a nested transaction.</summary>
    public static void FrameTxnOperation(ResponseBody body, int start)
    {
        // A nested transaction's header is there and empty.
        const int emptyHeader = 2;
        var responseLength = body.Length - start + emptyHeader;
        var operationLength = ProtoWriter.SizeOfBytesField((int)OperationKind.Txn, responseLength);
        var headLength =
            ProtoWriter.SizeOfBytesField(ResponsesField, operationLength)
            - operationLength
            + operationLength
            - responseLength
            + emptyHeader;
        var writer = new ProtoWriter(body.InsertAt(start, headLength));
        writer.WriteBytesHeader(ResponsesField, operationLength);
        writer.WriteBytesHeader((int)OperationKind.Txn, responseLength);
        writer.WriteBytesHeader(HeaderField, 0);
    }

    public static void WriteSucceeded(ResponseBody body, bool succeeded)
    {
        if (succeeded)
        {
            var writer = new ProtoWriter(body.GetSpan(2));
            writer.WriteField(2, true);
            body.Advance(writer.Position);
        }
    }

    private static ProtoWriter Begin(ResponseBody body, OperationKind kind, int responseLength)
    {
        var operationLength = ProtoWriter.SizeOfBytesField((int)kind, responseLength);
        var writer = new ProtoWriter(body.GetSpan(ProtoWriter.SizeOfBytesField(ResponsesField, operationLength)));
        writer.WriteBytesHeader(ResponsesField, operationLength);
        writer.WriteBytesHeader((int)kind, responseLength);
        return writer;
    }

    private static int SizeOfHeader(long revision) =>
        ProtoWriter.SizeOfBytesField(HeaderField, ProtoWriter.SizeOfField(HeaderRevisionField, revision));

    private static void WriteHeader(ref ProtoWriter writer, long revision)
    {
        writer.WriteBytesHeader(HeaderField, ProtoWriter.SizeOfField(HeaderRevisionField, revision));
        writer.WriteField(HeaderRevisionField, revision);
    }

    private static int SizeOfRange(RangeResult found) =>
        found.Framed.Length
        + (found.More ? ProtoWriter.SizeOfField(3, 1UL) : 0)
        + (found.Count != 0 ? ProtoWriter.SizeOfField(4, found.Count) : 0);

    private static void WriteRangeFields(ref ProtoWriter writer, RangeResult found)
    {
        writer.WriteRaw(found.Framed);
        if (found.More)
        {
            writer.WriteField(3, true);
        }

        if (found.Count != 0)
        {
            writer.WriteField(4, found.Count);
        }
    }

    private static int SizeOfDelete(long deleted, RangeResult? previous) =>
        (deleted != 0 ? ProtoWriter.SizeOfField(2, deleted) : 0) + (previous?.Framed.Length ?? 0);

    private static void WriteDeleteFields(ref ProtoWriter writer, long deleted, RangeResult? previous)
    {
        if (deleted != 0)
        {
            writer.WriteField(2, deleted);
        }

        if (previous is not null)
        {
            writer.WriteRaw(previous.Framed);
        }
    }
}
