using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Replica.Requests;

/// <summary>
/// Reads the requests of the KV service where they stand in the request's bytes: windows and numbers, nothing is
/// copied. All are false for bytes that are no such message.
/// </summary>
internal static class RequestParsing
{
    public static bool TryReadPut(ReadOnlySpan<byte> body, out PutArguments put)
    {
        put = default;
        var reader = new ProtoReader(body);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    put.Key = reader.ReadBytes();
                    break;
                case 2:
                    put.Value = reader.ReadBytes();
                    break;
                case 3:
                    put.Lease = reader.ReadInt64();
                    break;
                case 4:
                    put.PrevKv = reader.ReadBool();
                    break;
                case 5:
                    put.IgnoreValue = reader.ReadBool();
                    break;
                case 6:
                    put.IgnoreLease = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    public static bool TryReadDelete(ReadOnlySpan<byte> body, out DeleteArguments delete)
    {
        delete = default;
        var reader = new ProtoReader(body);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    delete.Key = reader.ReadBytes();
                    break;
                case 2:
                    delete.RangeEnd = reader.ReadBytes();
                    break;
                case 3:
                    delete.PrevKv = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    public static bool TryReadRange(ReadOnlySpan<byte> body, out RangeQuery query, out bool serializable)
    {
        query = default;
        serializable = false;
        var reader = new ProtoReader(body);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    query.Key = reader.ReadBytes();
                    break;
                case 2:
                    query.RangeEnd = reader.ReadBytes();
                    break;
                case 3:
                    query.Limit = reader.ReadInt64();
                    break;
                case 4:
                    query.Revision = reader.ReadInt64();
                    break;
                case 5:
                    query.SortOrder = (SortOrder)reader.ReadInt32();
                    break;
                case 6:
                    query.SortTarget = (SortTarget)reader.ReadInt32();
                    break;
                case 7:
                    serializable = reader.ReadBool();
                    break;
                case 8:
                    query.KeysOnly = reader.ReadBool();
                    break;
                case 9:
                    query.CountOnly = reader.ReadBool();
                    break;
                case 10:
                    query.MinModRevision = reader.ReadInt64();
                    break;
                case 11:
                    query.MaxModRevision = reader.ReadInt64();
                    break;
                case 12:
                    query.MinCreateRevision = reader.ReadInt64();
                    break;
                case 13:
                    query.MaxCreateRevision = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    public static bool TryReadCompare(ReadOnlySpan<byte> body, out CompareArguments compare)
    {
        compare = default;
        var reader = new ProtoReader(body);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    compare.Result = (CompareResult)reader.ReadInt32();
                    break;
                case 2:
                    compare.Target = (CompareTarget)reader.ReadInt32();
                    break;
                case 3:
                    compare.Key = reader.ReadBytes();
                    break;
                case >= 4 and <= 6 or 8:
                    // The fields of the oneof: the last on the wire counts and wipes out the others.
                    compare.OperandField = reader.Field;
                    compare.Number = reader.ReadInt64();
                    compare.Value = default;
                    break;
                case 7:
                    compare.OperandField = reader.Field;
                    compare.Value = reader.ReadBytes();
                    compare.Number = 0;
                    break;
                case 64:
                    compare.RangeEnd = reader.ReadBytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    /// <summary>Reads a RequestOp: which request is set (the last on the wire), 0 for none.</summary>
    public static bool TryReadOperation(ReadOnlySpan<byte> body, out OperationKind kind, out ReadOnlySpan<byte> request)
    {
        kind = OperationKind.None;
        request = default;
        var reader = new ProtoReader(body);
        while (reader.NextField())
        {
            if (reader.Field is >= (int)OperationKind.Range and <= (int)OperationKind.Txn)
            {
                kind = (OperationKind)reader.Field;
                request = reader.ReadBytes();
            }
            else
            {
                reader.Skip();
            }
        }

        return !reader.Failed;
    }
}
