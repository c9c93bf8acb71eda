using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Answers;

/// <summary>
/// Encodes the responses of the KV service. Inside a transaction a response has a header with the revision alone;
/// the response itself gets its full header from the service.
/// </summary>
internal static class ResponseWriting
{
    private const int HeaderField = 1;
    private const int HeaderRevisionField = 3;
    private const int ResponsesField = 3;
    private const int SucceededBytes = 2;

    /// <summary>A flag of two bytes, and a number with its tag of at most eleven.</summary>
    private const int NumbersBytesMax = 13;

    /// <summary>Three tags of one byte with lengths of at most five, and a revision with its tag of at most eleven.</summary>
    private const int OperationHeadBytesMax = (3 * 6) + 11;

    /// <summary>The number and, when asked for, the former key-values of a DeleteRangeResponse.</summary>
    public static void WriteDelete(ResponseBody body, long deleted, RangeResult? previous)
    {
        if (Fits(body, previous) && TryReserve(body, SizeOfDelete(deleted, previous), previous))
        {
            WriteDeleteFields(body, deleted, previous);
        }
    }

    public static void WritePut(ResponseBody body, RangeResult previous)
    {
        if (Fits(body, previous) && TryReserve(body, previous.TotalBytes, previous))
        {
            body.Append(previous);
        }
    }

    public static void WriteRangeOperation(ResponseBody body, RangeResult found, long revision)
    {
        if (Fits(body, found) && TryBegin(body, OperationKind.Range, revision, SizeOfRange(found), found))
        {
            WriteRangeFields(body, found);
        }
    }

    public static void WritePutOperation(ResponseBody body, RangeResult? previous, long revision)
    {
        if (
            Fits(body, previous)
            && TryBegin(body, OperationKind.Put, revision, (int)(previous?.TotalBytes ?? 0), previous)
            && previous is not null
        )
        {
            body.Append(previous);
        }
    }

    public static void WriteDeleteOperation(ResponseBody body, long deleted, RangeResult? previous, long revision)
    {
        if (
            Fits(body, previous) && TryBegin(body, OperationKind.DeleteRange, revision, SizeOfDelete(deleted, previous), previous)
        )
        {
            WriteDeleteFields(body, deleted, previous);
        }
    }

    /// <summary>An operation of which nothing was asked has an empty answer in its place.</summary>
    public static void WriteEmptyOperation(ResponseBody body)
    {
        var size = ProtoWriter.SizeOfBytesField(ResponsesField, 0);
        if (body.TryReserve(size))
        {
            var writer = new ProtoWriter(body.GetSpan(size));
            writer.WriteBytesHeader(ResponsesField, 0);
            body.Advance(writer.Position);
        }
    }

    /// <summary>Frames what was written from <paramref name="start"/> on as the response of a nested transaction.</summary>
    public static void FrameTxnOperation(ResponseBody body, long start)
    {
        // A nested transaction's header is there and empty.
        const int emptyHeader = 2;
        if (!body.TryReserve(OperationHeadBytesMax))
        {
            return;
        }

        var responseLength = (int)(body.Length - start) + emptyHeader;
        var operationLength = ProtoWriter.SizeOfBytesField((int)OperationKind.Txn, responseLength);
        var headLength = ProtoWriter.SizeOfBytesField(ResponsesField, operationLength) - responseLength + emptyHeader;
        var writer = new ProtoWriter(body.InsertAt(start, headLength));
        writer.WriteBytesHeader(ResponsesField, operationLength);
        writer.WriteBytesHeader((int)OperationKind.Txn, responseLength);
        writer.WriteBytesHeader(HeaderField, 0);
    }

    public static void WriteSucceeded(ResponseBody body, bool succeeded)
    {
        if (succeeded && body.TryReserve(SucceededBytes))
        {
            var writer = new ProtoWriter(body.GetSpan(SucceededBytes));
            writer.WriteField(2, true);
            body.Advance(writer.Position);
        }
    }

    /// <summary>Key-values that are too many for this response, or for any, end it.</summary>
    private static bool Fits(ResponseBody body, RangeResult? keyValues)
    {
        if (keyValues is not { TooLargeBytes: > 0 })
        {
            return true;
        }

        if (body.TryReserve(keyValues.TotalBytes, keyValues))
        {
            body.Drop(body.Length + keyValues.TooLargeBytes);
        }

        return false;
    }

    private static bool TryReserve(ResponseBody body, long bytes, RangeResult? keyValues) =>
        keyValues is null ? body.TryReserve(bytes) : body.TryReserve(bytes, keyValues);

    /// <summary>Writes what comes before the fields of an operation's response, if all of it fits.</summary>
    private static bool TryBegin(ResponseBody body, OperationKind kind, long revision, int fieldsLength, RangeResult? keyValues)
    {
        var headerLength = ProtoWriter.SizeOfField(HeaderRevisionField, revision);
        var responseLength = ProtoWriter.SizeOfBytesField(HeaderField, headerLength) + fieldsLength;
        var operationLength = ProtoWriter.SizeOfBytesField((int)kind, responseLength);
        if (!TryReserve(body, ProtoWriter.SizeOfBytesField(ResponsesField, operationLength), keyValues))
        {
            return false;
        }

        var writer = new ProtoWriter(body.GetSpan(OperationHeadBytesMax));
        writer.WriteBytesHeader(ResponsesField, operationLength);
        writer.WriteBytesHeader((int)kind, responseLength);
        writer.WriteBytesHeader(HeaderField, headerLength);
        writer.WriteField(HeaderRevisionField, revision);
        body.Advance(writer.Position);
        return true;
    }

    private static int SizeOfRange(RangeResult found) =>
        (int)found.TotalBytes
        + (found.More ? ProtoWriter.SizeOfField(3, 1UL) : 0)
        + (found.Count != 0 ? ProtoWriter.SizeOfField(4, found.Count) : 0);

    private static void WriteRangeFields(ResponseBody body, RangeResult found)
    {
        body.Append(found);
        var writer = new ProtoWriter(body.GetSpan(NumbersBytesMax));
        if (found.More)
        {
            writer.WriteField(3, true);
        }

        if (found.Count != 0)
        {
            writer.WriteField(4, found.Count);
        }

        body.Advance(writer.Position);
    }

    private static int SizeOfDelete(long deleted, RangeResult? previous) =>
        (deleted != 0 ? ProtoWriter.SizeOfField(2, deleted) : 0) + (int)(previous?.TotalBytes ?? 0);

    private static void WriteDeleteFields(ResponseBody body, long deleted, RangeResult? previous)
    {
        if (deleted != 0)
        {
            var writer = new ProtoWriter(body.GetSpan(NumbersBytesMax));
            writer.WriteField(2, deleted);
            body.Advance(writer.Position);
        }

        if (previous is not null)
        {
            body.Append(previous);
        }
    }
}
