namespace EtcdSharp.Cluster.Clients;

/// <summary>Responses are compared without their headers, which say more than the model knows.</summary>
internal static class Responses
{
    /// <summary>The revision that the header names; all headers are taken out.</summary>
    public static long TakeRevision(IMessage response)
    {
        switch (response)
        {
            case PutResponse put:
                return Take(put.Header, () => put.Header = null);
            case RangeResponse range:
                return Take(range.Header, () => range.Header = null);
            case DeleteRangeResponse delete:
                return Take(delete.Header, () => delete.Header = null);
            case TxnResponse txn:
                foreach (var inner in txn.Responses)
                {
                    TakeRevision(inner);
                }

                return Take(txn.Header, () => txn.Header = null);
            default:
                throw new InvalidOperationException($"a response of type {response.GetType().Name} is not part of histories");
        }
    }

    private static void TakeRevision(ResponseOp inner)
    {
        IMessage response = inner.ResponseCase switch
        {
            ResponseOp.ResponseOneofCase.ResponsePut => inner.ResponsePut,
            ResponseOp.ResponseOneofCase.ResponseDeleteRange => inner.ResponseDeleteRange,
            _ => inner.ResponseRange,
        };
        TakeRevision(response);
    }

    private static long Take(ResponseHeader? header, Action forget)
    {
        forget();
        return header?.Revision ?? 0;
    }
}
