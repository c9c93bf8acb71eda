using System.Buffers;
using EtcdSharp.Api;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Checking;

/// <summary>What members answer, without the headers, which are each member's own.</summary>
internal static class Responses
{
    /// <summary>Null where responses are not compared. Gives the result's buffer back.</summary>
    public static IMessage? Read(RequestKind kind, in ApplyResult result)
    {
        using var body = result.Response as ResponseBody;
        return Read(kind, body is null ? default : body.Written.ToArray(), result.Response);
    }

    public static IMessage? Read(RequestKind kind, ReadOnlySpan<byte> written, object? response) =>
        kind switch
        {
            RequestKind.Put => PutResponse.Parser.ParseFrom(written),
            RequestKind.DeleteRange => DeleteRangeResponse.Parser.ParseFrom(written),
            RequestKind.Txn => WithoutHeaders(TxnResponse.Parser.ParseFrom(written)),
            RequestKind.LeaseGrant => response as IMessage,
            _ => null,
        };

    private static TxnResponse WithoutHeaders(TxnResponse response)
    {
        foreach (var operation in response.Responses)
        {
            if (operation.ResponsePut is { } put)
            {
                put.Header = null;
            }
            else if (operation.ResponseRange is { } range)
            {
                range.Header = null;
            }
            else if (operation.ResponseDeleteRange is { } delete)
            {
                delete.Header = null;
            }
        }

        return response;
    }
}
